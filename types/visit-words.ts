import type { AccuracyDecision, VisitFlag } from './api/homecare'

/** How a visit's flags and its decision are called by whoever reviews it, on the phone and at the console. */
export const VISIT_FLAG_WORDS: Record<
  VisitFlag,
  { label: string; /** What was seen, and what it may mean. */ reason: string }
> = {
  STALE_FIX: { label: '定位过期', reason: '定位时间比签到早两分钟以上或晚于签到，可能不是当时的位置' },
  IMPOSSIBLE_SPEED: { label: '移动过快', reason: '与上一个位置之间的速度超过 150 公里/小时，位置可能被改动过' },
  REPEATED_COORDINATES: { label: '坐标重复', reason: '不同的三天里报告了完全相同的坐标，真实定位不会这样' },
  COORDINATE_SYSTEM_SUSPECT: {
    label: '坐标系可疑',
    reason: '按上报的坐标系在范围外，换成 GPS 坐标系则在范围内，手机可能报错了坐标系',
  },
  EVIDENCE_REUSED: { label: '照片重复', reason: '同一张照片在其他工单用过' },
  LATE_SYNC: { label: '离线补传', reason: '没有网络时签到、之后补传，且没有有效的离线凭证' },
}

export const VISIT_DECISION_WORDS: Record<AccuracyDecision, string> = {
  INSIDE: '在范围内',
  OUTSIDE: '在范围外',
  UNCERTAIN: '误差内不能确定',
}
