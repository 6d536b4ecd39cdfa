import { Text, View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Disc } from '@/components/disc'
import type { IconName } from '@/components/icon'
import { TEXTS } from '@/shared/texts'
import './index.scss'

export interface EmptyStateProps {
  icon?: IconName
  title?: string
  hint?: string
  action?: { label: string; onClick: () => void }
}

/** Nothing to show: why, and what can be done. */
export function EmptyState({ icon = 'inbox', title = TEXTS.emptyList, hint, action }: EmptyStateProps) {
  return (
    <View className="empty-state">
      <Disc icon={icon} size="xl" round className="empty-state__disc" />
      <Text className="empty-state__title">{title}</Text>
      {hint ? <Text className="empty-state__hint">{hint}</Text> : null}
      {action ? (
        <Button variant="secondary" className="empty-state__action" onClick={action.onClick}>
          {action.label}
        </Button>
      ) : null}
    </View>
  )
}
