import type { Context } from 'koa'
import { z } from 'zod'
import { AppError } from '../../errors/app-error'
import type { ErrorCode } from '../../../types/errors'
import { open, staff } from '../../http/authenticate'
import type { Call, Family } from '../../http/guard'
import type { StaffPrincipal } from '../../http/authenticate'
import type { Callbacks } from './callbacks'
import { callbackBody, codeBody, consoleAnswer, contactsBody, initBody, textBody, uuidBody } from './schema'
import type { WxworkService } from './service'

const ERRORS: ErrorCode[] = [
  'GATEWAY_REFUSED',
  'UPSTREAM_DISABLED',
  'UPSTREAM_DOWN',
  'UPSTREAM_OUTCOME_UNKNOWN',
  'UPSTREAM_FAILED',
  'RATE_LIMITED',
]
const admin = staff('ADMIN')
const MAX_NOTICE_BYTES = 1024 * 1024

/** The routes of wxwork-gateway.md's demo, under its own names. */
export function mountWxworkRoutes({ route }: Family, { wxwork }: { wxwork: WxworkService }) {
  const get = (path: string, summary: string, answer: (query: { uuid: string }) => Promise<object>) =>
    route(
      'get',
      path,
      { summary, access: admin, query: uuidBody, response: consoleAnswer, errors: ERRORS },
      ({ query }) => answer(query) as Promise<Record<string, unknown>>,
    )
  const post = <B>(
    path: string,
    summary: string,
    { body, action }: { body: z.ZodType<B>; action?: string },
    act: (given: B) => Promise<object>,
  ) =>
    route(
      'post',
      path,
      { summary, access: admin, body, response: consoleAnswer, errors: ERRORS },
      async ({ who, body: given }: Call<StaffPrincipal, undefined, undefined, B>) => {
        const answer = (await act(given)) as Record<string, unknown>
        const { uuid } = { ...given, ...answer } as { uuid?: unknown }
        if (action) await wxwork.keepAct(who, action, typeof uuid === 'string' ? uuid : '')
        return answer
      },
    )

  route(
    'get',
    '/health',
    { summary: '控制台接口存活', access: open, response: z.object({ time: z.string() }) },
    async () => ({ time: new Date().toISOString() }),
  )
  get('/state', '当前会话、监控与回调地址', () => wxwork.state())
  get('/events', '事件，最新在前', () => wxwork.events())
  get('/sessions', '全部账号的状态、倒计时与待发条数', () => wxwork.sessions())
  get('/messages', '账号最近的消息与发送结果', ({ uuid }) => wxwork.messages(uuid))
  get('/contacts/all', '完整通讯录的读取进度与结果', ({ uuid }) => wxwork.contactListing(uuid))
  get('/upstream-check', '网关是否可达', () => wxwork.upstreamCheck())

  post('/init', '初始化', { body: initBody, action: 'wxwork.init' }, wxwork.init)
  post('/set-callback', '设置回调', { body: callbackBody, action: 'wxwork.set-callback' }, wxwork.setCallback)
  post('/get-qrcode', '获取登录二维码', { body: uuidBody }, ({ uuid }) => wxwork.getQrCode(uuid))
  post('/check-code', '提交 6 位验证码', { body: codeBody, action: 'wxwork.check-code' }, wxwork.checkCode)
  post('/automatic-login', '自动登录', { body: uuidBody, action: 'wxwork.automatic-login' }, ({ uuid }) =>
    wxwork.automaticLogin(uuid),
  )
  post('/refresh-run-client', '刷新运行状态', { body: uuidBody }, ({ uuid }) => wxwork.refreshRunClient(uuid))
  post('/send-text', '发送文本，按账号限速排队', { body: textBody, action: 'wxwork.send-text' }, wxwork.sendText)
  post('/contacts', '分页读取通讯录', { body: contactsBody }, wxwork.contacts)
  post('/contacts/all', '开始读取完整通讯录', { body: uuidBody }, ({ uuid }) => wxwork.listContacts(uuid))
  post('/upstream-check', '网关是否可达', { body: uuidBody }, () => wxwork.upstreamCheck())
  const login = { body: initBody, action: 'wxwork.start-login' }
  post('/start-login', '一步登录：自动登录，失败时取二维码', login, wxwork.startLogin)
  post('/monitor/start', '开启监控', { body: uuidBody, action: 'wxwork.monitor-start' }, () => wxwork.setMonitor(true))
  post('/monitor/stop', '停止监控', { body: uuidBody, action: 'wxwork.monitor-stop' }, () => wxwork.setMonitor(false))
  post('/login-out', '退出登录', { body: uuidBody, action: 'wxwork.log-out' }, ({ uuid }) => wxwork.logOut(uuid))
}

/** `POST /callback/wxwork/<secret>`: acknowledged when the notice is stored. */
export function mountWxworkCallback({ route }: Family, { wxworkCallbacks }: { wxworkCallbacks: Callbacks }) {
  const refuse = async () => {
    throw new AppError('FORBIDDEN', { message: '回调地址无效' })
  }
  route(
    'post',
    '/callback/wxwork',
    { summary: '没有密钥的企业微信网关回调', access: open, response: null, errors: ['FORBIDDEN'] },
    refuse,
  )
  route(
    'post',
    '/callback/wxwork/:secret',
    {
      summary: '企业微信网关回调',
      access: open,
      params: z.object({ secret: z.string() }),
      response: z.object({ errcode: z.literal(0), errmsg: z.literal('ok') }),
      errors: ['FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
    },
    async ({ ctx, params }) => {
      if (!wxworkCallbacks.isSecret(params.secret)) return refuse()
      await wxworkCallbacks.store(await readText(ctx))
      return { errcode: 0 as const, errmsg: 'ok' as const }
    },
  )
}

/** Whatever the gateway sends is kept, JSON or not. */
async function readText(ctx: Context): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_NOTICE_BYTES) throw new AppError('PAYLOAD_TOO_LARGE')
    chunks.push(chunk)
  }
  // No column takes NUL the same way on every engine.
  return Buffer.concat(chunks).toString('utf8').replaceAll('\u0000', '').toWellFormed()
}
