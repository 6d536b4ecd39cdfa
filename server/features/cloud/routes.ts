import type { Context } from 'koa'
import { z } from 'zod'
import { CLOUD_HEADERS } from '../../../types/cloud'
import { type Access, open } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import type { RateLimit } from '../../http/limits'
import type { CustomerService } from '../customers/service'
import { customerLogin } from '../customers/schema'
import type { CloudMessages } from './messages'
import { callerBody, maintenance, messageBatch, messageResults } from './schema'
import type { CloudService } from './service'

export interface CloudRoutesDeps {
  cloud: CloudService
  cloudMessages: CloudMessages
  customers: CustomerService
  /** Per person: every call comes from the address of the cloud. */
  loginLimit: RateLimit
  runDueJobs(): Promise<z.infer<typeof maintenance>>
}

const functions: Access<null> = { ...open, name: '云函数（签名调用）' }
const REFUSALS = ['CLOUD_CALL_REFUSED', 'UPSTREAM_DISABLED'] as const
const nothing = z.object({})

export function mountCloudRoutes({ route }: Family, deps: CloudRoutesDeps) {
  const { cloud, cloudMessages, customers, loginLimit, runDueJobs } = deps
  const signed = (ctx: Context) => verifySignature(ctx, cloud)

  route(
    'post',
    '/login',
    {
      summary: '云函数网关：按微信给出的身份登录，不需要凭证',
      access: functions,
      signed,
      body: callerBody,
      response: customerLogin,
      message: '登录成功',
      errors: [...REFUSALS, 'ACCOUNT_DISABLED', 'RATE_LIMITED'],
    },
    async ({ body: { openid, unionid } }) => {
      await loginLimit.consume(openid)
      return customers.loginAs({ openId: openid, unionId: unionid ?? null })
    },
  )

  route(
    'post',
    '/maintain',
    {
      summary: '云函数定时器：运行到期而没有运行的任务',
      access: functions,
      signed,
      body: nothing,
      response: maintenance,
      errors: REFUSALS,
    },
    () => runDueJobs(),
  )

  route(
    'post',
    '/messages/take',
    {
      summary: '云函数 notify：领取待发送的订阅消息',
      access: functions,
      signed,
      body: nothing,
      response: messageBatch,
      errors: REFUSALS,
    },
    async () => ({ list: await cloudMessages.take() }),
  )

  route(
    'post',
    '/messages/settle',
    {
      summary: '云函数 notify：交回发送结果',
      access: functions,
      signed,
      body: messageResults,
      response: z.object({ settled: z.number().int() }),
      errors: REFUSALS,
    },
    ({ body }) => cloudMessages.settle(body.results),
  )
}

/** Of a call whose body has been read. */
export function verifySignature(ctx: Context, cloud: CloudService): Promise<void> {
  return cloud.verify({
    method: ctx.method,
    path: ctx.path,
    body: ctx.request.rawBody ?? '',
    timestamp: ctx.get(CLOUD_HEADERS.timestamp),
    nonce: ctx.get(CLOUD_HEADERS.nonce),
    signature: ctx.get(CLOUD_HEADERS.signature),
  })
}
