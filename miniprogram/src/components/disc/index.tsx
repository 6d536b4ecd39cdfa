import type { ReactNode } from 'react'
import { View } from '@tarojs/components'
import { Icon, type IconName } from '@/components/icon'
import './index.scss'

interface DiscProps {
  icon: IconName
  size?: 'md' | 'lg' | 'xl'
  round?: boolean
  className?: string
  /** A mark on the disc, for example for what is unread. */
  children?: ReactNode
}

const ICON_SIZE = { md: 20, lg: 24, xl: 40 } as const

/** An icon on a soft ground: what something is, at a glance. */
export function Disc({ icon, size = 'md', round, className = '', children }: DiscProps) {
  return (
    <View className={`disc disc--${size} ${round ? 'disc--round' : ''} ${className}`}>
      <Icon name={icon} size={ICON_SIZE[size]} />
      {children}
    </View>
  )
}
