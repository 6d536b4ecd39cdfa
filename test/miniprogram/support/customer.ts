import { fireEvent, screen } from '@testing-library/react'
import { taskTypeInfos } from '../../../server/features/tasks/views'

export { taskTypeInfos }

/** A task as `GET /tasks/:id` shows it, three steps in. */
export const TASK_DETAIL = {
  id: '0190d0e6-fe95-4946-b189-536dc18cf9e5',
  task_id: 'T202611200003',
  task_type: 'repair',
  device_name: '高效液相色谱仪',
  device_type: '色谱仪',
  device_brand: '安捷伦',
  device_model: '1260',
  description: '今早开机后报警 E02',
  engineer_name: '李工',
  engineer_phone: '13900139000',
  current_step: 2,
  status: 'open',
  create_time: '2026-11-20 10:00:00',
  update_time: '2026-11-20 14:30:00',
  step_content: {
    description: '电源模块输出纹波超标',
    images: ['/api/v1/files/f1?sig=a', '/api/v1/files/f2?sig=b'],
    thumbnails: ['/api/v1/files/f1?v=thumbnail&sig=a', '/api/v1/files/f2?v=thumbnail&sig=b'],
    files: [{ name: '检测报告.pdf', url: '/api/v1/files/f3?sig=c' }],
  },
  steps: [
    { index: 0, label: '已提交', entered_at: '2026-11-20 10:00:00', done: true },
    { index: 1, label: '已派单', entered_at: '2026-11-20 11:00:00', done: true },
    { index: 2, label: '检测诊断', entered_at: '2026-11-20 14:30:00', done: false },
    ...['方案报价', '客户确认', '服务执行', '已完成待评价', '已评价'].map((label, at) => ({
      index: at + 3,
      label,
      entered_at: null,
      done: false,
    })),
  ],
  customer: {
    name: '张三',
    company: '海淀区食品检验所',
    phone: '13800138000',
    address: '中关村南大街 5 号',
    email: '',
  },
  device: {
    name: '高效液相色谱仪',
    type: '色谱仪',
    brand: '安捷伦',
    model: '1260',
    fault_description: '泵压力归零',
    quantity: 1,
    accessories: '',
    appointment_time: '2026-11-23 09:30:00',
    verification_type: '',
    purpose: '',
    requirement_description: '',
  },
  cancel_reason: '',
  can_confirm: false,
  can_evaluate: false,
  can_cancel: true,
  can_remind: true,
}

export const pageOf = (list: unknown[], { current = 1, pages = 1, total = list.length } = {}) => ({
  total,
  pages,
  current,
  size: 20,
  list,
})

const holder = (label: string) =>
  screen
    .getAllByText(label)
    .map((node) => node.closest('.field'))
    .find((field) => field !== null) as HTMLElement

/** The input or textarea under a label. */
export const fieldOf = (label: string) =>
  holder(label).querySelector('input, textarea') as HTMLInputElement | HTMLTextAreaElement

/** Everything the field of a label says, its mistake included. */
export const textOf = (label: string) => holder(label).textContent ?? ''

export const typeInto = (label: string, value: string) => void fireEvent.change(fieldOf(label), { target: { value } })
