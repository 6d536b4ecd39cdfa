import { Text, View } from '@tarojs/components'
import type { StepRecordView } from '@shared/api/homecare'
import { Card } from '@/components/card'
import { FileRow } from '@/components/file-row'
import { ImageGrid } from '@/components/image-grid'
import { formatRelativeDay } from '@/shared/format'
import { ORDER_TEXTS as T } from './texts'

/** What was written to the steps, newest first. */
export function StepRecords({ records }: { records: StepRecordView[] }) {
  if (records.length === 0) return null
  return (
    <Card title={T.steps}>
      {[...records].reverse().map((record) => (
        <View key={record.id} className="record">
          <View className="record__head">
            <Text className="record__title">{record.step_label}</Text>
            <Text className="record__time numeric">{formatRelativeDay(record.created_at)}</Text>
          </View>
          {record.description ? <View className="record__text">{record.description}</View> : null}
          {record.images.length > 0 ? <ImageGrid images={record.images.map(({ url }) => url)} /> : null}
          {record.files.map((file) => (
            <FileRow key={file.url} file={file} />
          ))}
          {record.author ? <View className="record__author">{record.author}</View> : null}
        </View>
      ))}
    </Card>
  )
}
