import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import { Icon, type IconName } from '@/components/icon'
import './index.scss'

interface CellProps {
  label: string
  value?: ReactNode
  icon?: IconName
  /** Makes the row a control with an arrow. */
  onClick?: () => void
  danger?: boolean
}

/** One row of a list in a card: a fact, or a way to another page. */
export function Cell({ label, value, icon, onClick, danger }: CellProps) {
  return (
    <View
      className={`cell ${danger ? 'cell--danger' : ''}`}
      hoverClass={onClick ? 'pressed' : 'none'}
      onClick={onClick}
    >
      {icon ? <Icon name={icon} size={20} className="cell__icon" /> : null}
      <Text className="cell__label">{label}</Text>
      <View className="cell__value">{value}</View>
      {onClick ? <Icon name="chevron" size={16} className="cell__arrow" /> : null}
    </View>
  )
}
