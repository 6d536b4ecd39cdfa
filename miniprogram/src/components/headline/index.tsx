import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import { Disc } from '@/components/disc'
import type { IconName } from '@/components/icon'
import './index.scss'

interface HeadlineProps {
  icon: IconName
  title: string
  facts: string[]
  /** `lg` heads a page: the title is shown whole, and the facts can be copied. */
  size?: 'md' | 'lg'
  /** At the right: a badge. */
  children?: ReactNode
}

/** What a card or a page is about: an icon, its name, and what tells it from others. */
export function Headline({ icon, title, facts, size = 'md', children }: HeadlineProps) {
  return (
    <View className={`headline headline--${size}`}>
      <Disc icon={icon} size={size} />
      <View className="headline__names">
        <Text className="headline__title">{title}</Text>
        {facts.map((fact) => (
          <Text key={fact} className="headline__fact numeric" userSelect={size === 'lg'}>
            {fact}
          </Text>
        ))}
      </View>
      {children}
    </View>
  )
}
