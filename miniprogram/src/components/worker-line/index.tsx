import { Text, View } from '@tarojs/components'
import type { WorkerRow } from '@shared/api/homecare'
import { STAFF_TEXTS as T } from '@/components/texts'
import { formatPhone } from '@/shared/format'
import './index.scss'

interface WorkerLineProps {
  worker: WorkerRow & { is_active?: boolean }
  /** The largest load of the list: the bar is full there, but never below `FULL`. */
  heaviest: number
  /** Instead of the phone number, for example that the order is theirs already. */
  remark?: string
}

/** So many open orders are a full week. */
const FULL = 5

/** A worker with name, phone and how much they have on hand. */
export function WorkerLine({ worker, heaviest, remark }: WorkerLineProps) {
  const share = Math.round((worker.load / Math.max(heaviest, FULL)) * 100)
  const fact = remark || (worker.is_active === false ? T.inactive : formatPhone(worker.phone) || T.noPhone)
  return (
    <View className="worker-line">
      <View className="worker-line__disc">{worker.full_name.slice(0, 1)}</View>
      <View className="worker-line__body">
        <View className="worker-line__head">
          <Text className="worker-line__name">{worker.full_name}</Text>
          <Text className="worker-line__load numeric">{T.load(worker.load)}</Text>
        </View>
        <Text className="worker-line__fact numeric">{fact}</Text>
        <View className="worker-line__track">
          <View
            className={`worker-line__bar ${worker.load >= FULL ? 'worker-line__bar--full' : ''}`}
            style={{ width: `${share}%` }}
          />
        </View>
      </View>
    </View>
  )
}
