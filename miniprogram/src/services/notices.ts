import Taro from '@tarojs/taro'
import type { Page } from '@shared/api/common'
import type { Notification, SubscriptionTemplates } from '@shared/api/notifications'
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

let templateIds: string[] = []

/**
 * Finds out what to ask for, so that the tap itself need not wait. Never throws: without an answer nothing is asked, and
 * notices stay in the in-app inbox.
 */
export async function prepareMessages(): Promise<void> {
  if (IS_BROWSER) return
  try {
    const { template_ids } = await callAsCustomer<SubscriptionTemplates>({ path: '/api/v1/subscriptions/templates' })
    templateIds = template_ids
  } catch {
    // Asked again when the page is opened the next time.
  }
}

/**
 * Asks for subscribe messages. WeChat allows the question only inside a tap: call it first thing in the tap's
 * handler, before any await. Never throws: a refusal must not stop what the tap is for.
 */
export async function askForMessages(): Promise<void> {
  if (IS_BROWSER || templateIds.length === 0) return
  const asked = templateIds
  try {
    const question = { tmplIds: asked, entityIds: [] } as unknown as Taro.requestSubscribeMessage.Option
    const answer = (await Taro.requestSubscribeMessage(question)) as unknown as Record<string, string>
    const results = Object.fromEntries(asked.filter((id) => answer[id]).map((id) => [id, answer[id]]))
    await callAsCustomer({ method: 'POST', path: '/api/v1/subscriptions', body: { results } })
  } catch {
    // Refused, or WeChat has no such template: notices then stay in the in-app inbox.
  }
}
