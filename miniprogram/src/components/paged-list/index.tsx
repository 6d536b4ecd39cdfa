import type { ReactNode } from 'react'
import { View } from '@tarojs/components'
import { errorText } from '@/shared/error-text'
import { TEXTS } from '@/shared/texts'
import type { PagedList } from './use-paged-list'
import './index.scss'

interface PagedRowsProps<T> {
  list: PagedList<T>
  keyOf: (row: T) => string
  render: (row: T) => ReactNode
}

/** The rows loaded so far and a foot that says whether there are more; the foot can be tapped, too. */
export function PagedRows<T>({ list, keyOf, render }: PagedRowsProps<T>) {
  return (
    <View>
      {list.data.map((row) => (
        <View key={keyOf(row)}>{render(row)}</View>
      ))}
      <View className="paged-list__foot" onClick={() => void list.loadMore()}>
        {footText(list)}
      </View>
    </View>
  )
}

function footText(list: Pick<PagedList<unknown>, 'loadingMore' | 'error' | 'hasMore'>): string {
  if (list.loadingMore) return TEXTS.loading
  if (list.error) return errorText(list.error)
  return list.hasMore ? TEXTS.loadMore : TEXTS.listEnd
}
