import { setTimeout as wait } from 'node:timers/promises'
import type { ZodType } from 'zod'
import type { CircuitFacts, CircuitName, ConnectorLog, HttpClient, HttpRequest, HttpResponse } from '../kit/http'
import { UpstreamError } from '../kit/upstream-error'
import {
  BUSY,
  CHECK_TEXT_MAX_CHARS,
  OTHER_REFUSAL,
  PATHS,
  REFUSALS,
  TEXT_SCENES,
  TOKEN_REFUSED,
  UPSTREAM,
} from './constants'
import { findFieldFaults } from './message-fields'
import { type Answer, identityAnswer, phoneAnswer, sentAnswer, textAnswer, tokenAnswer } from './schema'
import { createTokenSession, type TokenGrant, type TokenSession, type TokenShelf } from './session'

const BUSY_TRIES = 3
const BUSY_PAUSE_MS = 300

export interface WechatConfig {
  appId: string
  secret: string
  /** Used by whoever builds the HTTP client. */
  baseUrl: string
}

export interface WechatOptions {
  config: WechatConfig
  /** A client of `config.baseUrl`. */
  http: HttpClient
  log: ConnectorLog
  /** Epoch milliseconds. */
  clock?: () => number
  sleep?: (ms: number) => Promise<unknown>
  /** Where replicas share the access token; none: this process has its own copy. */
  shelf?: TokenShelf
  /** False: `checkText` passes everything without asking. True unless said otherwise. */
  contentCheck?: boolean
}

export interface WechatIdentity {
  openId: string
  unionId: string | null
}

export type TextVerdict = 'pass' | 'review' | 'risky'

export interface TextToCheck {
  /** Of the author, who must have used the mini-program within two hours. */
  openId: string
  content: string
  scene: keyof typeof TEXT_SCENES
}

export interface SubscribeMessage {
  openId: string
  templateId: string
  /** Template field (`thing1`) → text. */
  fields: Record<string, string>
  /** Mini-program page with query; none: the message opens nothing. */
  page?: string
  /** Which edition the message opens; `formal`. */
  edition?: 'developer' | 'trial' | 'formal'
  /** Our own number of it, which WeChat does not get. */
  reference?: string
}

/**
 * WeChat's server interface for one mini-program. Every function throws only `UpstreamError`, with `detail.errcode` and
 * `detail.rid` where WeChat gave them.
 */
export interface Wechat {
  /** `wx.login` code → who it is. @throws `rejected` with reason `code-invalid` or `user-refused`, `rate-limited` */
  exchangeCode(jsCode: string): Promise<WechatIdentity>
  /** `getPhoneNumber` code → number, without prefix in China. @throws `rejected` with reason `code-invalid` */
  phoneNumber(code: string): Promise<{ phone: string; countryCode: string }>
  checkText(text: TextToCheck): Promise<TextVerdict>
  /**
   * Uses one accepted subscription. Not repeated: a lost answer is `unknown-outcome`.
   * @throws `rejected` with reason `no-credit`, `bad-field` (`detail.fields` where found before sending), `bad-openid`
   * or `bad-template`
   */
  sendSubscribeMessage(message: SubscribeMessage): Promise<void>
  accessToken(): Promise<string>
  /** For `/readyz`. */
  state(): { circuit: CircuitName; token: ReturnType<TokenSession['state']> }
  facts(): CircuitFacts & { token: ReturnType<TokenSession['facts']> }
}

interface Call<T> {
  request: HttpRequest
  answer: ZodType<Answer<T>>
}

/** Specs: WeChat docs, server API (code2Session, getStableAccessToken, getPhoneNumber, subscribeMessage.send, msgSecCheck). */
export function createWechat(options: WechatOptions): Wechat {
  const { config, http, contentCheck = true } = options
  const { call, callWithToken, session } = createCaller(options)

  function exchangeCode(jsCode: string): Promise<WechatIdentity> {
    const query = { appid: config.appId, secret: config.secret, js_code: jsCode, grant_type: 'authorization_code' }
    return call({ request: { method: 'GET', path: PATHS.codeToSession, query, retry: 'safe' }, answer: identityAnswer })
  }

  function phoneNumber(code: string) {
    const request: HttpRequest = { method: 'POST', path: PATHS.phoneNumber, json: { code }, retry: 'safe' }
    return callWithToken({ request, answer: phoneAnswer })
  }

  async function checkText({ openId, content, scene }: TextToCheck): Promise<TextVerdict> {
    if (!contentCheck) return 'pass'
    let worst: TextVerdict = 'pass'
    for (const part of partsOf(content)) {
      const json = { version: 2, scene: TEXT_SCENES[scene], openid: openId, content: part }
      const request: HttpRequest = { method: 'POST', path: PATHS.checkText, json, retry: 'safe' }
      const verdict = await callWithToken({ request, answer: textAnswer })
      if (verdict === 'risky') return 'risky'
      if (verdict === 'review') worst = 'review'
    }
    return worst
  }

  async function sendSubscribeMessage(message: SubscribeMessage): Promise<void> {
    const faults = findFieldFaults(message.fields)
    if (faults.length > 0) {
      throw new UpstreamError(UPSTREAM, 'rejected', { detail: { reason: 'bad-field', fields: faults } })
    }
    const request: HttpRequest = { method: 'POST', path: PATHS.sendMessage, json: messageBody(message), retry: 'never' }
    await callWithToken({ request, answer: sentAnswer })
  }

  return {
    exchangeCode,
    phoneNumber,
    checkText,
    sendSubscribeMessage,
    accessToken: session.get,
    state: () => ({ circuit: http.state(), token: session.state() }),
    facts: () => ({ ...http.facts(), token: session.facts() }),
  }
}

/** Calls with WeChat's two habits handled: busy is asked again, a refused token is renewed once and the call repeated. */
function createCaller({ config, http, log, clock = Date.now, sleep = wait, shelf }: WechatOptions) {
  const session = createTokenSession({ login, clock, shelf })

  async function call<T>({ request, answer }: Call<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      const response = await http.request({ ...request, faultIn })
      const parsed = response.parse(answer)
      if (parsed.ok) return parsed.value
      if (parsed.errcode !== BUSY || tried >= BUSY_TRIES) throw refused(log, request.path, parsed)
      await sleep(BUSY_PAUSE_MS * tried)
    }
  }

  async function callWithToken<T>({ request, answer }: Call<T>): Promise<T> {
    const attempt = (token: string) => call({ request: { ...request, query: { access_token: token } }, answer })
    const token = await session.get()
    try {
      return await attempt(token)
    } catch (error) {
      if (!isTokenRefused(error)) throw error
      return attempt(await session.renew(token))
    }
  }

  function login(force: boolean): Promise<TokenGrant> {
    const credentials = { appid: config.appId, secret: config.secret }
    const json = { grant_type: 'client_credential', ...credentials, force_refresh: force }
    return call({ request: { method: 'POST', path: PATHS.stableToken, json, retry: 'safe' }, answer: tokenAnswer })
  }

  return { call, callWithToken, session }
}

function messageBody({ openId, templateId, fields, page, edition = 'formal' }: SubscribeMessage): object {
  const data = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, { value }]))
  const target = { touser: openId, template_id: templateId, ...(page ? { page } : {}) }
  return { ...target, data, miniprogram_state: edition, lang: 'zh_CN' }
}

/** Pieces WeChat takes in one check; none for blank text, which it refuses. */
function partsOf(content: string): string[] {
  if (content.trim() === '') return []
  const chars = [...content]
  const count = Math.ceil(chars.length / CHECK_TEXT_MAX_CHARS)
  return Array.from({ length: count }, (_, part) =>
    chars.slice(part * CHECK_TEXT_MAX_CHARS, (part + 1) * CHECK_TEXT_MAX_CHARS).join(''),
  )
}

function refused(
  log: ConnectorLog,
  path: string,
  { errcode, rid }: { errcode: number; rid: string | null },
): UpstreamError {
  const { kind, reason } = REFUSALS[errcode] ?? OTHER_REFUSAL
  const facts = { upstream: UPSTREAM, path, errcode, rid }
  if (reason === 'our-configuration') log.error(facts, 'WeChat refuses our own app id, secret or server address')
  else if (reason === OTHER_REFUSAL.reason) log.warn(facts, 'WeChat refused with a code we do not know')
  return new UpstreamError(UPSTREAM, kind, { detail: { reason, errcode, rid } })
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof UpstreamError && TOKEN_REFUSED.includes(Number(error.detail.errcode))
}

/** For the call record: WeChat says no with HTTP 200. */
function faultIn(response: HttpResponse): string | null {
  const body = response.json() as { errcode?: unknown } | null
  return body?.errcode ? `errcode ${String(body.errcode)}` : null
}
