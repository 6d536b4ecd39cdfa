import type { AccuracyDecision, VisitFlag } from '@shared/api/homecare'

interface FlagWords {
  label: string
  /** What was seen, and what it may mean. */
  reason: string
}

export const FLAG_WORDS: Record<VisitFlag, FlagWords> = {
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

export const REVIEW_TEXTS = {
  tabs: [
    { value: 'pending', label: '待审核' },
    { value: 'done', label: '已审核' },
  ],
  empty: {
    pending: { title: '没有需要审核的签到', hint: '带疑点的签到会出现在这里' },
    done: { title: '还没有审核过的签到', hint: '审核结论会保留在这里' },
  },
  visit: (no: number) => `第 ${no} 次到场`,
  open: '查看并审核',
  title: '审核签到',
  where: '签到位置',
  flags: '疑点',
  noFlags: '没有疑点',
  photos: '现场照片',
  noPhotos: '没有照片',
  signature: '客户签名',
  facts: '记录',
  distance: '距离',
  radius: '允许范围',
  accuracy: '定位误差',
  decision: '判断',
  decisions: { INSIDE: '在范围内', OUTSIDE: '在范围外', UNCERTAIN: '误差内不能确定' } as Record<
    AccuracyDecision,
    string
  >,
  checkin: '签到时间',
  captured: '手机记录时间',
  received: '服务器收到',
  checkout: '签退时间',
  notOut: '尚未签退',
  summary: '服务小结',
  order: '查看工单',
  comment: '审核意见',
  commentHint: '判定无效时必填，工程师可以看到',
  commentPlaceholder: '例如：已与客户电话核实到场',
  commentNeeded: '请填写判定无效的原因',
  confirm: '确认有效',
  refuse: '判定无效',
  confirmed: '已确认有效',
  refused: '已判定无效',
  reviewedBy: (name: string, time: string) => `${name} 于 ${time}`,
  unknown: '未知',
} as const
