import { evidenceId, orderId, STANDING } from './dataset'
import { CALLBACK_SECRET } from './settings'

/** One row of the table: a request that ours, the bare server and the twin all answer. */
export interface Scenario {
  name: string
  /** In the document. */
  title: string
  kind: keyof typeof TARGETS
  method: 'GET' | 'POST'
  path: string
  /** A customer's request, that of the worker who has a certain work order, the gateway's, or of somebody not logged in. */
  by: 'customer' | 'worker' | 'gateway' | 'nobody'
  /** Made for the customer of this id, for the work order of this number, or for the notice of this number. */
  body?: (subject: number) => object
  /** Every request takes a work order, or is a notice, that there was not before. */
  once?: boolean
}

/** What ours should reach, as ratios to the bare server and to the twin. */
export const TARGETS = {
  read: { bare: 0.8, twin: 1.2 },
  write: { bare: 0.6, twin: 1.2 },
} as const

export const LOGIN: Scenario = {
  name: 'WeChat login',
  title: '微信登录',
  kind: 'write',
  method: 'POST',
  path: '/api/v1/wechat/login',
  by: 'nobody',
  body: (customer) => ({ code: `bench-${customer}` }),
}
export const PROFILE: Scenario = {
  name: 'profile read',
  title: '读个人资料',
  kind: 'read',
  method: 'GET',
  path: '/api/v1/user/profile',
  by: 'customer',
}
export const LIST: Scenario = {
  name: 'task list, 10 rows',
  title: '任务列表，10 行',
  kind: 'read',
  method: 'GET',
  path: '/api/v1/tasks',
  by: 'customer',
}
export const CREATE: Scenario = {
  name: 'task create (JSON)',
  title: '提交任务（JSON）',
  kind: 'write',
  method: 'POST',
  path: '/api/v1/tasks',
  by: 'customer',
  body: () => ({
    type: 'repair',
    customer: { name: '张三', company: 'ABC科技有限公司', phone: '13800138000', address: '北京市海淀区中关村' },
    device: {
      name: '高效液相色谱仪',
      type: '色谱仪',
      brand: '安捷伦',
      model: '1260',
      fault_description: '仪器无法正常启动',
      quantity: 1,
    },
    description: '仪器无法正常启动，屏幕无显示',
  }),
}
export const PRECHECK: Scenario = {
  name: 'check-in precheck',
  title: '签到预校验',
  kind: 'write',
  method: 'POST',
  path: '/homecare/checkin/precheck',
  by: 'worker',
  body: (order) => ({ workOrderId: orderId(order), ...STANDING, coordinateType: 'gcj02', accuracy: 8 }),
}
export const SUBMIT: Scenario = {
  name: 'check-in submit',
  title: '签到',
  kind: 'write',
  method: 'POST',
  path: '/homecare/checkin/submit',
  by: 'worker',
  once: true,
  body: (order) => ({
    workOrderId: orderId(order),
    ...STANDING,
    coordinateType: 'gcj02',
    accuracy: 8,
    evidenceFileIds: [evidenceId(order)],
    signature: '张三已确认到场签到',
  }),
}

/** Acknowledged when it is stored; the notice is processed afterwards, on the same processor. */
export const CALLBACK: Scenario = {
  name: 'wxwork callback acknowledged',
  title: '企业微信回调应答',
  kind: 'write',
  method: 'POST',
  path: `/callback/wxwork/${CALLBACK_SECRET}`,
  by: 'gateway',
  once: true,
  body: (seq) => ({ uuid: 'bench', json: JSON.stringify({ seq, text: '收到一条消息' }), type: 5 }),
}

export const SCENARIOS = [LOGIN, PROFILE, LIST, CREATE, PRECHECK, SUBMIT, CALLBACK]
