import Taro from '@tarojs/taro'
import type { Page } from '@shared/api/common'
import type { Notification } from '@shared/api/notifications'
import { IS_BROWSER } from '@/shared/platform'
import { callAsCustomer, callAsStaff } from './api'

export interface InboxQuery {
  page?: number
  size?: number
}

/** The customer's in-app inbox. */
export function listNotices(query: InboxQuery = {}): Promise<Page<Notification>> {
  return callAsCustomer({ path: '/api/v1/notifications', query: { ...query } })
}

/** The inbox of the member of staff. */
export function listStaffNotices(query: InboxQuery = {}): Promise<Page<Notification>> {
  return callAsStaff({ path: '/homecare/notifications', query: { ...query } })
}

const TEMPLATE_IDS = process.env.TARO_APP_TEMPLATES.split(',').filter((id) => id !== '')

/**
 * Asks for subscribe messages. WeChat allows the question only inside a tap: call it first thing in the tap's
 * handler, before any await. Never throws: a refusal must not stop what the tap is for.
 */
export async function askForMessages(): Promise<void> {
  if (IS_BROWSER || TEMPLATE_IDS.length === 0) return
  try {
    const question = { tmplIds: TEMPLATE_IDS, entityIds: [] } as unknown as Taro.requestSubscribeMessage.Option
    const answer = (await Taro.requestSubscribeMessage(question)) as unknown as Record<string, string>
    const results = Object.fromEntries(TEMPLATE_IDS.filter((id) => answer[id]).map((id) => [id, answer[id]]))
    await callAsCustomer({ method: 'POST', path: '/api/v1/subscriptions', body: { results } })
  } catch {
    // Refused, or WeChat has no such template: notices then stay in the in-app inbox.
  }
}
