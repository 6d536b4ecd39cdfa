import { z } from 'zod'
import { customers, principalKey, staff } from '../../http/authenticate'
import { pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import { shanghaiTime } from '../../time'
import { notification, subscriptionAnswer, subscriptionBody } from './schema'
import type { NotificationService } from './service'

export function mountNotificationRoutes({ route }: Family, { notifications }: { notifications: NotificationService }) {
  route(
    'post',
    '/subscriptions',
    {
      summary: '记录订阅消息授权',
      access: customers,
      body: subscriptionBody,
      response: subscriptionAnswer,
      idempotent: true,
    },
    ({ who, body, once }) => notifications.recordChoices(who.id, body.results, once),
  )

  route(
    'get',
    '/notifications',
    {
      summary: '站内消息',
      access: customers,
      query: z.object(pageQuery()),
      response: pageOf(notification),
      message: '获取成功',
    },
    ({ who, query }) => notifications.list(principalKey(who), query, shanghaiTime),
  )
}

/** `/homecare/notifications`: the same inbox for staff. */
export function mountStaffNotificationRoutes(
  { route }: Family,
  { notifications }: { notifications: NotificationService },
) {
  route(
    'get',
    '/notifications',
    { summary: '站内消息', access: staff(), query: z.object(pageQuery()), response: pageOf(notification) },
    ({ who, query }) => notifications.list(principalKey(who), query, (instant) => instant.toISOString()),
  )
}
