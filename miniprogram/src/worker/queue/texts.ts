import type { SyncKind } from '@shared/api/homecare'

export const QUEUE_TEXTS = {
  kind: { checkin: '到场签到', checkout: '离场签退', step: '服务步骤', fix: '位置记录' } as Record<SyncKind, string>,
  online: '网络正常',
  offline: '当前没有网络，恢复后自动发送',
  sending: '正在发送',
  sendAll: '立即发送',
  empty: '所有记录都已送达',
  emptyHint: '没有网络时做的签到、步骤和签退会保存在这里，有网络后自动发送',
  waiting: '等待发送',
  current: (percent: number) => `正在上传照片 ${percent}%`,
  refused: '未被接受',
  photos: (count: number) => `照片 ${count} 张`,
  signed: '已签名',
  capturedAt: (time: string) => time,
  other: (name: string) => `由 ${name} 记录，需要用该账号登录后发送`,
  retry: '重新发送',
  remove: '移除',
  removeTitle: '移除这条记录？',
  removeText: '它还没有送达服务器，移除后无法找回，照片和签名也会一并删除。',
  delivered: '刚刚送达',
  step: (label: string) => `${label}`,
} as const
