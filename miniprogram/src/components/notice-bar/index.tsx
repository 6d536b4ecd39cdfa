import { Text, View } from '@tarojs/components'
import { Icon, type IconName } from '@/components/icon'
import './index.scss'

interface NoticeBarProps {
  tone?: 'info' | 'ok' | 'warn' | 'danger'
  text: string
  icon?: IconName
  onClick?: () => void
}

const TONE_ICON = { info: 'info', ok: 'check', warn: 'alert', danger: 'alert' } as const

/** One sentence that must not be missed, with a way on when it can be tapped. */
export function NoticeBar({ tone = 'info', text, icon, onClick }: NoticeBarProps) {
  return (
    <View className={`notice-bar notice-bar--${tone}`} hoverClass={onClick ? 'pressed' : 'none'} onClick={onClick}>
      <Icon name={icon ?? TONE_ICON[tone]} size={20} />
      <Text className="notice-bar__text">{text}</Text>
      {onClick ? <Icon name="chevron" size={16} /> : null}
    </View>
  )
}
