/** Answers of `wx.requestSubscribeMessage`: template id → what the person chose. */
export const SUBSCRIPTION_CHOICES = ['accept', 'reject', 'ban', 'filter'] as const
export type SubscriptionChoice = (typeof SUBSCRIPTION_CHOICES)[number]

/** One entry of the in-app inbox. */
export interface Notification {
  id: string
  event: string
  title: string
  content: string
  task_id: string | null
  read: boolean
  create_time: string
}
