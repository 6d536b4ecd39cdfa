import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import { Card } from '@/components/card'
import { Disc } from '@/components/disc'
import type { IconName } from '@/components/icon'
import { a11y } from '@/shared/a11y'
import './index.scss'

export interface OutcomeProps {
  tone: 'ok' | 'warn' | 'danger'
  title: string
  hint?: string
  /** Buttons one below the other: where to go on. */
  children?: ReactNode
}

const TONE_ICON: Record<OutcomeProps['tone'], IconName> = { ok: 'check', warn: 'clock', danger: 'alert' }

/** What became of something that took the whole page. */
export function Outcome({ tone, title, hint = '', children }: OutcomeProps) {
  return (
    <Card>
      <View className={`outcome outcome--${tone}`} {...a11y(`${title} ${hint}`, 'status')}>
        <Disc icon={TONE_ICON[tone]} size="xl" round className="outcome__disc" />
        <Text className="outcome__title">{title}</Text>
        {hint ? <Text className="outcome__hint">{hint}</Text> : null}
      </View>
      <View className="outcome__actions">{children}</View>
    </Card>
  )
}
