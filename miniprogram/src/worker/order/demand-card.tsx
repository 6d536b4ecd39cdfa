import { View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { DEVICE_FIELDS, type DeviceFieldName } from '@shared/task-types'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { FileRow } from '@/components/file-row'
import { ImageGrid } from '@/components/image-grid'
import { ORDER_TEXTS as T } from './texts'

const LONG: DeviceFieldName[] = ['fault_description', 'accessories', 'requirement_description']

/** The instrument, what is wrong with it or wanted, and what the customer sent along. */
export function DemandCard({ order }: { order: WorkOrderDetail }) {
  const facts = (Object.keys(DEVICE_FIELDS) as DeviceFieldName[]).filter((name) => order.device[name] !== undefined)
  const { images, files } = order.submission
  return (
    <Card title={T.demand}>
      <View className="cell-group">
        {facts
          .filter((name) => !LONG.includes(name))
          .map((name) => (
            <Cell key={name} label={DEVICE_FIELDS[name].label} value={String(order.device[name])} />
          ))}
      </View>
      {facts
        .filter((name) => LONG.includes(name))
        .map((name) => (
          <Paragraph key={name} label={DEVICE_FIELDS[name].label} text={String(order.device[name])} />
        ))}
      {order.description && order.description !== order.device.fault_description ? (
        <Paragraph label={T.description} text={order.description} />
      ) : null}
      {images.length > 0 ? <ImageGrid images={images.map(({ url }) => url)} /> : null}
      {files.map((file) => (
        <FileRow key={file.url} file={file} />
      ))}
    </Card>
  )
}

function Paragraph({ label, text }: { label: string; text: string }) {
  return (
    <View className="order-paragraph">
      <View className="order-paragraph__label">{label}</View>
      <View className="order-paragraph__text">{text}</View>
    </View>
  )
}
