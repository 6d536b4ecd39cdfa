import { Image, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { COMPONENT_TEXTS } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { absoluteUrl } from '@/shared/server-address'
import './index.scss'

/** Pictures of an answer, small first; a tap shows the original over the whole screen. */
export function ImageGrid({ images, thumbnails = images }: { images: string[]; thumbnails?: string[] }) {
  const urls = images.map(absoluteUrl)
  return (
    <View className="image-grid">
      {urls.map((url, index) => (
        <View
          key={url}
          className="image-grid__cell"
          onClick={() => void Taro.previewImage({ urls, current: url })}
          {...a11y(COMPONENT_TEXTS.viewImage(index + 1), 'button')}
        >
          <Image className="image-grid__image" mode="aspectFill" lazyLoad src={absoluteUrl(thumbnails[index] ?? url)} />
        </View>
      ))}
    </View>
  )
}
