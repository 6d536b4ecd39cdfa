import type { ReactNode } from 'react'
import { View } from '@tarojs/components'
import { SearchBox } from '@/components/search-box'
import './index.scss'

interface ListHeadProps {
  placeholder: string
  onSearch: (words: string) => void
  /** Above the search: tabs. */
  children?: ReactNode
}

/** What stands above a list of the staff: its views and a line to search it. */
export function ListHead({ placeholder, onSearch, children }: ListHeadProps) {
  return (
    <View className="list-head">
      {children}
      <View className="list-head__search">
        <SearchBox placeholder={placeholder} onSearch={onSearch} />
      </View>
    </View>
  )
}
