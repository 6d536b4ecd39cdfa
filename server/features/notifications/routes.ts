import { z } from 'zod'
import { customers, principalKey, staff } from '../../http/authenticate'
import { pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import { shanghaiTime } from '../../time'
import type { NotificationLog } from './log'
import {
  channelsAnswer,
  logQuery,
  logRow,
  notification,
  subscriptionAnswer,
  subscriptionBody,
  subscriptionTemplates,
} from './schema'
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
    '/subscriptions/templates',
    {
      summary: '提交时要请求授权的订阅消息模板',
      access: customers,
      response: subscriptionTemplates,
      message: '获取成功',
    },
    async () => notifications.templatesToAskFor(),
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

/** `/api/v1/admin/notifications`: what people were told, and over which channel. */
export function mountNotificationAdminRoutes(
  { route }: Family,
  { notificationLog }: { notificationLog: NotificationLog },
) {
  const access = staff('ADMIN', 'HOMECARE_DISPATCHER')
  route(
    'get',
    '/admin/notifications',
    { summary: '通知记录', access, query: logQuery, response: pageOf(logRow), message: '获取成功' },
    ({ query }) => notificationLog.list(query),
  )
  route(
    'get',
    '/admin/notifications/channels',
    { summary: '通知渠道、免打扰时段与事件目录', access, response: channelsAnswer, message: '获取成功' },
    async () => notificationLog.channels(),
  )
}
