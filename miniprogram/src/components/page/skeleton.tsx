import { View } from '@tarojs/components'
import { a11y } from '@/shared/a11y'
import { TEXTS } from '@/shared/texts'

export type SkeletonKind = 'list' | 'form' | 'detail'

const ROWS: Record<SkeletonKind, number[]> = {
  list: [3, 3, 3],
  form: [1, 1, 1, 1],
  detail: [2, 4, 3],
}

/** Grey shapes where the content will stand; each number is the lines of one card. */
export function Skeleton({ kind }: { kind: SkeletonKind }) {
  return (
    <View className="skeleton" {...a11y(TEXTS.loading, 'status')}>
      {ROWS[kind].map((lines, card) => (
        <View key={card} className="skeleton__card">
          {Array.from({ length: lines }, (_, line) => (
            <View key={line} className={`skeleton__line skeleton__line--${line % 3}`} />
          ))}
        </View>
      ))}
    </View>
  )
}
