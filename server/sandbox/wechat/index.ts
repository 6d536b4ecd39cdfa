import { createHash, randomUUID } from 'node:crypto'
import { type Sandbox, type SandboxAnswer, type SandboxControl, type SandboxRequest, startSandbox } from '../kit'

export const SANDBOX_APP_ID = 'wxsandbox00000000'
export const SANDBOX_SECRET = 'sandbox-secret-not-a-real-one'

const TOKEN_LIFETIME_SECONDS = 7200
const EARLY_RENEWAL_MS = 300_000

const MESSAGES: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40029: 'invalid code',
  40037: 'invalid template_id',
  40125: 'invalid appsecret',
  41008: 'missing code',
  43101: 'user refuse to accept the msg',
  44002: 'empty post data',
  47003: 'argument invalid!',
}

/** Answers `errcode` to the next `times` (1) calls of `path`. */
interface ScriptedErrcode {
  path: string
  errcode: number
  times?: number
}

/** Turns credit counting on for one user and template: so many messages go through, then 43101. */
interface Credit {
  openId: string
  templateId: string
  count: number
}

/** Fields of `POST /__control` that only this sandbox knows. */
export interface WechatControl extends SandboxControl {
  errcodes?: ScriptedErrcode[]
  credits?: Credit[]
}

export interface WechatSandbox extends Omit<Sandbox, 'control'> {
  control(control: WechatControl): void
  appId: string
  secret: string
}

interface State {
  appId: string
  secret: string
  /** Good tokens → when they end, epoch milliseconds. The newest is the account's current one. */
  tokens: Map<string, number>
  scripted: Required<ScriptedErrcode>[]
  credits: Map<string, number>
}

type Body = Record<string, unknown>

/** WeChat's server interface over real HTTP, for demo, tests and benchmarks. Errors come with HTTP 200, as WeChat's do. */
export async function startWechatSandbox(
  options: { port?: number; appId?: string; secret?: string } = {},
): Promise<WechatSandbox> {
  const { port, appId = SANDBOX_APP_ID, secret = SANDBOX_SECRET } = options
  const state: State = { appId, secret, tokens: new Map(), scripted: [], credits: new Map() }
  const sandbox = await startSandbox({
    port,
    handle: (request) => handle(state, request),
    onControl: (control) => apply(state, control),
  })
  return { ...sandbox, appId, secret }
}

function apply(state: State, control: WechatControl): void {
  if (control.reset || control.expireSessions) state.tokens.clear()
  if (control.reset) {
    state.scripted = []
    state.credits.clear()
  }
  for (const { path, errcode, times = 1 } of control.errcodes ?? []) state.scripted.push({ path, errcode, times })
  for (const { openId, templateId, count } of control.credits ?? []) state.credits.set(`${openId} ${templateId}`, count)
}

function handle(state: State, request: SandboxRequest): SandboxAnswer {
  const scripted = state.scripted.find(({ path, times }) => path === request.path && times > 0)
  if (scripted) {
    scripted.times -= 1
    return refuse(scripted.errcode)
  }
  const body = (typeof request.body === 'object' ? request.body : null) ?? {}
  if (request.path === '/sns/jscode2session') return codeToSession(state, request.query)
  if (request.path === '/cgi-bin/stable_token') return stableToken(state, body as Body)
  const interfaceOf = WITH_TOKEN[request.path]
  if (!interfaceOf) return { status: 404, text: 'no such interface' }
  if ((state.tokens.get(request.query.access_token ?? '') ?? 0) <= Date.now()) return refuse(40001)
  return interfaceOf(body as Body, state)
}

const WITH_TOKEN: Readonly<Record<string, (body: Body, state: State) => SandboxAnswer>> = {
  '/wxa/business/getuserphonenumber': phoneNumber,
  '/cgi-bin/message/subscribe/send': sendMessage,
  '/wxa/msg_sec_check': checkText,
}

function codeToSession(state: State, query: SandboxRequest['query']): SandboxAnswer {
  const fault = credentialFault(state, query)
  if (fault) return refuse(fault)
  if (query.grant_type !== 'authorization_code') return refuse(40002)
  const code = query.js_code
  if (!code) return refuse(41008)
  if (!code.startsWith('demo-')) return refuse(40029)
  const unionid = code.includes('union') ? { unionid: `oU${derive(`union ${code}`, 26)}` } : {}
  return { json: { openid: `oS${derive(code, 26)}`, session_key: sessionKey(), ...unionid } }
}

function stableToken(state: State, body: Body): SandboxAnswer {
  const fault = credentialFault(state, body)
  if (fault) return refuse(fault)
  if (body.grant_type !== 'client_credential') return refuse(40002)
  const now = Date.now()
  if (body.force_refresh === true) state.tokens.clear()
  const [current, endsAt = 0] = [...state.tokens].at(-1) ?? []
  if (current && endsAt - now > EARLY_RENEWAL_MS) {
    return { json: { access_token: current, expires_in: Math.floor((endsAt - now) / 1000) } }
  }
  const token = `sandbox_${randomUUID().replaceAll('-', '')}`
  state.tokens.set(token, now + TOKEN_LIFETIME_SECONDS * 1000)
  return { json: { access_token: token, expires_in: TOKEN_LIFETIME_SECONDS } }
}

/** `phone-13800138000`, or `phone-+1-4155550100` for a number abroad. */
function phoneNumber(body: Body, state: State): SandboxAnswer {
  const [, country = '86', number] = /^phone-(?:\+(\d{1,3})-)?(\d{5,15})$/.exec(String(body.code)) ?? []
  if (!number) return refuse(40029)
  const full = country === '86' ? number : `+${country}${number}`
  const watermark = { timestamp: Math.floor(Date.now() / 1000), appid: state.appId }
  const phone_info = { phoneNumber: full, purePhoneNumber: number, countryCode: country, watermark }
  return { json: { errcode: 0, errmsg: 'ok', phone_info } }
}

function sendMessage(body: Body, state: State): SandboxAnswer {
  if (!body.touser) return refuse(40003)
  if (!body.template_id) return refuse(40037)
  const data = Object.entries((body.data ?? {}) as Record<string, { value?: unknown }>)
  const wrong = data.find(([field, item]) => !isFieldGood(field, item?.value))
  if (wrong || data.length === 0) return refuse(47003, `data.${wrong?.[0]}.value invalid`)
  const key = `${String(body.touser)} ${String(body.template_id)}`
  const credit = state.credits.get(key)
  if (credit === 0) return refuse(43101)
  if (credit !== undefined) state.credits.set(key, credit - 1)
  return { json: { errcode: 0, errmsg: 'ok' } }
}

function isFieldGood(field: string, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false
  return !field.startsWith('thing') || [...value].length <= 20
}

function checkText(body: Body): SandboxAnswer {
  if (body.version !== 2 || !body.openid) return refuse(40003)
  const content = String(body.content ?? '')
  if (content === '') return refuse(44002)
  const result = { suggest: 'pass', label: 100 }
  if (content.includes('待审')) Object.assign(result, { suggest: 'review', label: 21000 })
  if (content.includes('违规')) Object.assign(result, { suggest: 'risky', label: 20006 })
  return { json: { errcode: 0, errmsg: 'ok', result, detail: [], trace_id: randomUUID() } }
}

function credentialFault(state: State, given: Body): number | null {
  if (given.appid !== state.appId) return 40013
  return given.secret === state.secret ? null : 40125
}

function refuse(errcode: number, more = ''): SandboxAnswer {
  const text = [MESSAGES[errcode] ?? 'error', more].filter(Boolean).join(' ')
  return { json: { errcode, errmsg: `${text} rid: ${randomUUID().slice(0, 26)}` } }
}

function derive(text: string, chars: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, chars)
}

function sessionKey(): string {
  return createHash('md5').update(randomUUID()).digest('base64')
}
