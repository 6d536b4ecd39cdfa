import { randomUUID } from 'node:crypto'
import { type Sandbox, type SandboxAnswer, type SandboxControl, type SandboxRequest, startSandbox } from '../kit'
import { type CaptchaKind, drawCaptcha } from './captcha-image'
import { createOrders, type SandboxOrder } from './orders'

/** Which of the two shipped profiles it plays. */
export type SiteKind = 'classic-cookie' | 'ruoyi'

export const SANDBOX_ACCOUNT = { account: 'op1', password: 'sandbox-Passw0rd' }

const LOCK_AFTER = 5
const LOCK_MINUTES = 10
const MINUTE_MS = 60_000
const CAPTCHA_LIFETIME_MS = 5 * MINUTE_MS

/** Fields of `POST /__control` that only this sandbox knows. */
export interface ExternalSiteControl extends SandboxControl {
  captchaKind?: CaptchaKind
  /** Every captcha answer is taken for wrong. */
  captchaAlwaysWrong?: boolean
  /** The captcha's image shows nothing. */
  blankCaptcha?: boolean
  passwords?: Record<string, string>
  /** Ends locks and forgets wrong passwords. */
  unlock?: boolean
  sessionSeconds?: number
  /** Pages at these paths come as something else. */
  changedPages?: string[]
  /** Requests to these paths are sent on to another address. */
  redirects?: Record<string, string>
  /** At most so many rows a page. */
  pageCap?: number
  failDetails?: string[]
  /** So many more orders, or other titles for known ones. */
  addOrders?: number
  changeOrders?: string[]
  /** After so many requests behind the login every session is over, once. */
  expireAfter?: number
}

export interface ExternalSiteSandbox extends Omit<Sandbox, 'control'> {
  control(control: ExternalSiteControl): void
  counts(): { captchas: number; logins: number; loggedIn: number; loggedOut: number }
  /** What the newest captcha asks for: tests read it here where they are not about decoding. */
  lastAnswer(): string
}

export interface ExternalSiteOptions {
  kind: SiteKind
  port?: number
  captchaKind?: CaptchaKind
  orders?: number
}

interface Captcha {
  answer: string
  endsAt: number
}

class SiteState {
  captchas = new Map<string, Captcha>()
  sessions = new Map<string, number>()
  failures = new Map<string, number>()
  locks = new Map<string, number>()
  passwords = new Map([[SANDBOX_ACCOUNT.account, SANDBOX_ACCOUNT.password]])
  orders: SandboxOrder[]
  lastAnswer = ''
  counts = { captchas: 0, logins: 0, loggedIn: 0, loggedOut: 0 }
  control: ExternalSiteControl

  constructor(
    readonly kind: SiteKind,
    captchaKind: CaptchaKind,
    orders: number,
  ) {
    this.orders = createOrders(orders)
    this.control = { captchaKind }
  }

  apply(message: ExternalSiteControl): void {
    const { reset, expireSessions, passwords, unlock, addOrders, changeOrders, ...rest } = message
    if (reset) this.control = { captchaKind: this.control.captchaKind }
    Object.assign(this.control, rest)
    if (reset || expireSessions) this.sessions.clear()
    if (reset || unlock) for (const counted of [this.failures, this.locks]) counted.clear()
    this.#changeOrders(addOrders ?? 0, changeOrders ?? [])
    for (const [account, password] of Object.entries(passwords ?? {})) this.passwords.set(account, password)
  }

  #changeOrders(added: number, changed: string[]): void {
    if (added > 0) this.orders.unshift(...createOrders(added, this.orders.length))
    for (const order of this.orders) if (changed.includes(order.id)) order.status = '处理中'
  }
}

/** An external work-order site over real HTTP: captcha, lock after five wrong passwords, sessions that end. */
export async function startExternalSiteSandbox(options: ExternalSiteOptions): Promise<ExternalSiteSandbox> {
  const { kind, port, captchaKind = kind === 'ruoyi' ? 'arithmetic' : 'characters', orders = 1000 } = options
  const state = new SiteState(kind, captchaKind, orders)
  const sandbox = await startSandbox({
    port,
    handle: (request) => handle(state, request),
    onControl: (message) => state.apply(message as ExternalSiteControl),
  })
  return { ...sandbox, counts: () => ({ ...state.counts }), lastAnswer: () => state.lastAnswer }
}

async function handle(state: SiteState, request: SandboxRequest): Promise<SandboxAnswer> {
  // Tests that are not about decoding ask here, in place of a person.
  if (request.path === '/__answer') return { text: state.lastAnswer }
  const { changedPages = [], redirects = {} } = state.control
  const target = redirects[request.path]
  if (target) return { status: 302, headers: { location: target } }
  if (changedPages.includes(request.path)) return page('<html><body><h1>系统升级公告</h1></body></html>')
  if (request.path === (state.kind === 'ruoyi' ? '/captchaImage' : '/captcha')) return captcha(state)
  if (request.path === '/login' && request.method === 'POST') return login(state, request)
  if (request.path === '/login') return page('<html><form>登录 <input type="password"></form></html>')
  return behindLogin(state, request)
}

async function captcha(state: SiteState): Promise<SandboxAnswer> {
  state.counts.captchas += 1
  const { captchaKind = 'characters', blankCaptcha } = state.control
  const drawn = await drawCaptcha(captchaKind)
  state.lastAnswer = drawn.answer
  const image = blankCaptcha ? BLANK : drawn.image
  const id = randomUUID()
  state.captchas.set(id, { answer: drawn.answer, endsAt: Date.now() + CAPTCHA_LIFETIME_MS })
  if (state.kind === 'ruoyi')
    return { json: { msg: '操作成功', code: 200, captchaEnabled: true, img: image.toString('base64'), uuid: id } }
  return {
    bytes: image,
    headers: {
      'content-type': blankCaptcha ? 'image/gif' : drawn.mime,
      'set-cookie': `JSESSIONID=${id}; Path=/; HttpOnly`,
    },
  }
}

/** One white pixel. */
const BLANK = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64')

function login(state: SiteState, request: SandboxRequest): SandboxAnswer {
  state.counts.logins += 1
  const isRuoyi = state.kind === 'ruoyi'
  const body = (request.body ?? {}) as Record<string, unknown>
  const field = (name: string) => String(body[name] ?? '')
  const id = isRuoyi ? field('uuid') : cookieOf(request, 'JSESSIONID')
  const refusal = refusalOf(state, {
    captcha: state.captchas.get(id),
    answer: field(isRuoyi ? 'code' : 'captcha'),
    account: field('username'),
    password: field('password'),
  })
  state.captchas.delete(id)
  if (refusal) return { json: { code: isRuoyi ? 500 : 1, msg: refusal } }
  const token = openSession(state)
  if (isRuoyi) return { json: { msg: '操作成功', code: 200, token } }
  return { json: { code: 0, msg: '登录成功' }, headers: { 'set-cookie': `JSESSIONID=${token}; Path=/; HttpOnly` } }
}

function openSession(state: SiteState): string {
  state.counts.loggedIn += 1
  const token = `${randomUUID()}${randomUUID()}`.replaceAll('-', '')
  state.sessions.set(token, Date.now() + (state.control.sessionSeconds ?? 3600) * 1000)
  return token
}

interface Attempt {
  captcha: Captcha | undefined
  answer: string
  account: string
  password: string
}

/** Captcha first, then lock, then password: a wrong captcha is never counted. */
function refusalOf(state: SiteState, { captcha: asked, answer, account, password }: Attempt): string | null {
  if (!asked || asked.endsAt < Date.now()) return '验证码已失效'
  if (state.control.captchaAlwaysWrong || asked.answer.toLowerCase() !== answer.toLowerCase()) return '验证码错误'
  if ((state.locks.get(account) ?? 0) > Date.now()) return `账户已锁定，请${LOCK_MINUTES}分钟后再试`
  if (state.passwords.get(account) === password) {
    state.failures.delete(account)
    return null
  }
  const failures = (state.failures.get(account) ?? 0) + 1
  state.failures.set(account, failures)
  if (failures < LOCK_AFTER) return state.kind === 'ruoyi' ? '用户不存在/密码错误' : '密码错误'
  state.locks.set(account, Date.now() + LOCK_MINUTES * MINUTE_MS)
  state.failures.delete(account)
  return `密码输入错误${LOCK_AFTER}次，帐户锁定${LOCK_MINUTES}分钟`
}

function behindLogin(state: SiteState, request: SandboxRequest): SandboxAnswer {
  const isRuoyi = state.kind === 'ruoyi'
  const token = isRuoyi
    ? String(request.headers.authorization ?? '').replace(/^Bearer /, '')
    : cookieOf(request, 'JSESSIONID')
  endSessionsWhenTold(state)
  if ((state.sessions.get(token) ?? 0) > Date.now()) return pageOf(state, request, token)
  if (isRuoyi) return { json: { code: 401, msg: `请求访问：${request.path}，认证失败，无法访问系统资源` } }
  return { status: 302, headers: { location: '/login' } }
}

function endSessionsWhenTold({ control, sessions }: SiteState): void {
  if (control.expireAfter === undefined) return
  control.expireAfter -= 1
  if (control.expireAfter >= 0) return
  delete control.expireAfter
  sessions.clear()
}

function pageOf(state: SiteState, { path, query }: SandboxRequest, token: string): SandboxAnswer {
  const good = state.kind === 'ruoyi' ? 200 : 0
  const pages: Record<string, () => SandboxAnswer> = {
    [state.kind === 'ruoyi' ? '/getInfo' : '/user/info']: () => ({ json: { code: good, user: { userName: 'op1' } } }),
    '/workorder/list': () => list(state, good, query),
    '/workorder/detail': () => detail(state, good, query.id ?? ''),
    '/logout': () => logout(state, token, good),
  }
  return pages[path]?.() ?? { status: 404, json: { code: 404, msg: 'no such page' } }
}

function list(state: SiteState, code: number, query: Record<string, string>): SandboxAnswer {
  const isRuoyi = state.kind === 'ruoyi'
  const wanted = Number((isRuoyi ? query.pageSize : query.size) ?? 10)
  const size = Math.max(1, Math.min(wanted, state.control.pageCap ?? 100))
  const from = (Number((isRuoyi ? query.pageNum : query.page) ?? 1) - 1) * size
  const rows = state.orders.slice(from, from + size).map(({ history: _history, ...row }) => row)
  return { json: { code, total: state.orders.length, rows } }
}

function detail(state: SiteState, code: number, id: string): SandboxAnswer {
  const order = state.orders.find((one) => one.id === id)
  if (!order || state.control.failDetails?.includes(id)) return { json: { code: 500, msg: '详情加载失败' } }
  return { json: { code, data: order } }
}

function logout(state: SiteState, token: string, code: number): SandboxAnswer {
  state.sessions.delete(token)
  state.counts.loggedOut += 1
  return { json: { code, msg: '退出成功' } }
}

function cookieOf({ headers }: SandboxRequest, name: string): string {
  const pairs = String(headers.cookie ?? '').split(/;\s*/)
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

const page = (html: string): SandboxAnswer => ({ text: html, headers: { 'content-type': 'text/html; charset=utf-8' } })
