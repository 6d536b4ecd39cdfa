import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import './index.scss'

interface CardProps {
  title?: string
  /** Right of the title: a link, a badge. */
  extra?: ReactNode
  /** Makes the whole card a control. */
  onClick?: () => void
  className?: string
  children: ReactNode
}

/** A white sheet of related content. */
export function Card({ title, extra, onClick, className = '', children }: CardProps) {
  return (
    <View className={`card ${className}`} onClick={onClick} hoverClass={onClick ? 'pressed' : 'none'}>
      {title || extra ? (
        <View className="card__head">
          <Text className="card__title">{title}</Text>
          {extra}
        </View>
      ) : null}
      {children}
    </View>
  )
}
