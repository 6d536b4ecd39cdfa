import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import { FieldFrame, type FieldFrameProps } from '@/components/field/frame'
import { Icon } from '@/components/icon'
import { UPLOAD_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { pickDocuments, pickImages } from '@/services/pick-files'
import { DocumentItem, ImageItem } from './items'
import type { UploadItem, Uploads } from './use-uploads'
import './index.scss'

interface FileUploaderProps extends FieldFrameProps {
  uploads: Uploads
  kind: 'image' | 'document'
  max: number
  /** `camera` opens the camera at once, without the album. */
  source?: 'any' | 'camera'
  /** What becomes of files that found no network, where they are kept; else that is an error as any other. */
  keptHint?: string
}

/** Pictures as tiles or documents as rows, each with progress, retry and cancel. */
export function FileUploader({ uploads, kind, max, source, keptHint, ...frame }: FileUploaderProps) {
  const [refused, setRefused] = useState('')
  const items = uploads.items.filter(({ picked }) => picked.kind === kind)
  const room = max - items.length
  const pick = async () => {
    setRefused('')
    try {
      uploads.add(await (kind === 'image' ? pickImages(room, source) : pickDocuments(room)))
    } catch {
      setRefused(kind === 'image' ? T.cameraRefused : T.filesRefused)
    }
  }
  const Item = kind === 'image' ? ImageItem : DocumentItem
  // A tile has no room for words: why a picture failed stands below.
  const kept = keptHint !== undefined && items.some(({ offline, status }) => offline && status === 'failed')
  const isWrong = ({ status, offline }: UploadItem) => status === 'failed' && !(kept && offline)
  const failed = kind === 'image' ? items.find(isWrong)?.error : ''
  return (
    <FieldFrame {...frame} hint={kept ? keptHint : frame.hint} error={refused || failed || frame.error}>
      <View className={`uploader uploader--${kind}`}>
        {items.map((item) => (
          <Item
            key={item.key}
            item={item}
            waits={keptHint !== undefined}
            onRetry={() => uploads.retry(item.key)}
            onRemove={() => uploads.remove(item.key)}
          />
        ))}
        {room > 0 ? (
          <View
            className="uploader__add"
            hoverClass="pressed"
            onClick={() => void pick()}
            {...a11y(T.add(frame.label), 'button')}
          >
            <Icon name={kind === 'image' ? 'camera' : 'plus'} />
            <Text className="uploader__add-label numeric">
              {kind === 'image' ? `${items.length}/${max}` : T.chooseDocuments}
            </Text>
          </View>
        ) : null}
      </View>
    </FieldFrame>
  )
}
