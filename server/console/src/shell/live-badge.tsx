import { Tooltip } from 'antd'
import type { LiveState } from '../live/feed'

const WORDS: Record<LiveState, { label: string; hint: string }> = {
  connecting: { label: '连接中', hint: '正在连接实时推送' },
  live: { label: '实时', hint: '有变化时页面自动更新' },
  polling: { label: '每 15 秒更新', hint: '实时推送暂时连不上，页面改为定时更新，恢复后自动切回' },
}

/** Whether the page hears of changes at once. */
export function LiveBadge({ state }: { state: LiveState }) {
  const { label, hint } = WORDS[state]
  return (
    <Tooltip title={hint} placement="bottomRight">
      <span className={`live live--${state}`} role="status" tabIndex={0}>
        {label}
      </span>
    </Tooltip>
  )
}
