import { TASK_TYPE_RULES } from '../../../types/task-types'
import { shanghaiTime } from '../../time'
import type { CustomerRow } from '../customers/repository'
import type { ImportedTask } from '../tasks/import'
import type { ExternalOrderRow, PullRow } from './repository'
import type { ImportInput } from './schema'

const time = (instant: Date | null) => instant && shanghaiTime(instant)
const MAX_NAME = 50
const MAX_COMPANY = 100
const MAX_PHONE = 20
const MAX_ADDRESS = 255
const MAX_DESCRIPTION = 2000

export const emptyRun = (id: string, now: Date): Omit<PullRow, 'system_name' | 'account' | 'live_key'> => ({
  id,
  state: 'queued',
  seen: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  details_failed: 0,
  total: null,
  watermark: null,
  error: null,
  requested_by: null,
  lease_owner: null,
  lease_until: null,
  fencing_token: 0,
  create_time: now,
  started_at: null,
  finished_at: null,
})

export const toRun = (row: PullRow) => ({
  run_id: row.id,
  system_name: row.system_name,
  account: row.account,
  state: row.state,
  seen: row.seen,
  created: row.created,
  updated: row.updated,
  unchanged: row.unchanged,
  details_failed: row.details_failed,
  total: row.total,
  error: row.error,
  create_time: shanghaiTime(row.create_time),
  started_at: time(row.started_at),
  finished_at: time(row.finished_at),
})

export const toOrder = (row: ExternalOrderRow) => ({
  id: row.id,
  system_name: row.system_name,
  external_no: row.external_no,
  title: row.title,
  content: row.content,
  address: row.address,
  contact: row.contact,
  phone: row.phone,
  status: row.status,
  external_time: row.external_time,
  content_hash: row.content_hash,
  detail_state: row.detail_state,
  first_seen_at: shanghaiTime(row.first_seen_at),
  last_seen_at: shanghaiTime(row.last_seen_at),
  task_id: row.task_number,
  work_order_id: row.task_id,
})

/** The order's own words, then the customer's where it says nothing. */
export function toTask(order: ExternalOrderRow, customer: CustomerRow, { type }: ImportInput): ImportedTask {
  const lines = [`${order.system_name} 工单 ${order.external_no}`, order.title, order.content]
  return {
    type,
    customerId: customer.id,
    customerName: cut(order.contact ?? customer.contact ?? customer.name, MAX_NAME) || TASK_TYPE_RULES[type].label,
    company: cut(customer.name, MAX_COMPANY),
    phone: cut(order.phone ?? customer.phone ?? '', MAX_PHONE),
    address: cut(order.address ?? customer.address ?? '', MAX_ADDRESS),
    description: cut(lines.filter(Boolean).join('\n'), MAX_DESCRIPTION),
  }
}

/** Half an emoji at the cut would not survive storing. */
const cut = (text: string, max: number): string => text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')
