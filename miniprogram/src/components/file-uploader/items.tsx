import { Image, Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Icon } from '@/components/icon'
import { UPLOAD_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { formatBytes } from '@/shared/format'
import { absoluteUrl } from '@/shared/server-address'
import type { UploadItem } from './use-uploads'

interface ItemProps {
  item: UploadItem
  /** What found no network is kept with the form and need not be tried again. */
  waits: boolean
  onRetry: () => void
  onRemove: () => void
}

/** A picture on its way or stored. */
export function ImageItem({ item, waits, onRetry, onRemove }: ItemProps) {
  const url = item.picked.path || absoluteUrl(item.stored?.url ?? '')
  const preview = () => void Taro.previewImage({ urls: [url], current: url })
  return (
    <View className="uploader__tile">
      <Image className="uploader__image" mode="aspectFill" src={url} onClick={preview} />
      {item.status === 'failed' ? (
        <View className="uploader__veil" onClick={onRetry} {...a11y(T.tapToRetry(item.error), 'button')}>
          <Icon name="refresh" />
          <Text className="uploader__veil-text">{waits && item.offline ? T.waitsForNetwork : T.retry}</Text>
        </View>
      ) : null}
      {item.status === 'waiting' || item.status === 'sending' ? (
        <View className="uploader__veil">
          <Text className="uploader__percent numeric">{`${item.percent}%`}</Text>
          <Progress percent={item.percent} />
        </View>
      ) : null}
      <View className="uploader__remove" onClick={onRemove} {...a11y(removeLabel(item), 'button')}>
        <View className="uploader__remove-disc">
          <Icon name="close" size={16} />
        </View>
      </View>
    </View>
  )
}

/** A document on its way or stored. */
export function DocumentItem({ item, onRetry, onRemove }: ItemProps) {
  const sending = item.status === 'waiting' || item.status === 'sending'
  return (
    <View className="uploader__row">
      <Icon name="file" className="uploader__row-icon" />
      <View className="uploader__row-text">
        <Text className="uploader__name">{item.picked.name}</Text>
        {sending ? (
          <Progress percent={item.percent} />
        ) : (
          <Text className={`uploader__fact uploader__fact--${item.status}`}>{factOf(item)}</Text>
        )}
      </View>
      {item.status === 'failed' && !isTooBig(item) ? (
        <View className="uploader__control" onClick={onRetry} {...a11y(T.retry, 'button')}>
          <Icon name="refresh" size={20} />
        </View>
      ) : null}
      <View className="uploader__control" onClick={onRemove} {...a11y(removeLabel(item), 'button')}>
        <Icon name="close" size={20} />
      </View>
    </View>
  )
}

const isTooBig = (item: UploadItem) => item.error.startsWith(T.tooBig(''))

const removeLabel = (item: UploadItem) =>
  item.status === 'done' ? T.remove(item.picked.name) : T.cancel(item.picked.name)

const factOf = (item: UploadItem) => item.error || (item.picked.size ? formatBytes(item.picked.size) : T.stored)

function Progress({ percent }: { percent: number }) {
  return (
    <View className="uploader__progress">
      <View className="uploader__progress-bar" style={{ width: `${percent}%` }} />
    </View>
  )
}
