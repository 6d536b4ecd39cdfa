import type { CaptchaSpec } from '../captcha'
import type { HttpResponse } from '../kit/http'
import { NO_CREDENTIAL, SiteCookies, type SiteCredential } from './credential'
import { mimeOf } from './image-type'
import { sealPassword } from './password'
import { passes, valueAt } from './profile'
import { readRefusal, type Refusal } from './refusal'
import { parseJson, type SiteWire } from './wire'

/** A fresh captcha with the cookies it came with; they belong together and are used once. */
export interface CaptchaTicket {
  /** Null where the site asks for none. */
  image: Buffer | null
  mime: string
  spec: CaptchaSpec
  captchaId: string
  credential: SiteCredential
}

export interface LoggedIn {
  kind: 'ok'
  credential: SiteCredential
  cookies: Record<string, string>
  /** As the site states it; null where it does not. */
  expiresAt: Date | null
}
export type LoginOutcome = LoggedIn | Refusal

export interface GivenLogin {
  account: string
  password: string
  answer: string
}

/** What was made of a captcha, for the record: without the answer. */
export interface CaptchaNote {
  hook: unknown
  hookResult: unknown
}

/** Fetches a captcha; `read` decodes it while the call's record is open, so that the result is kept beside it. */
export function fetchCaptcha(
  wire: SiteWire,
  account: string,
  read: (ticket: CaptchaTicket) => Promise<CaptchaNote>,
): Promise<CaptchaTicket> {
  const { captcha } = wire.options.profile
  const spec = { kind: captcha.kind, length: captcha.length }
  const none: CaptchaTicket = { image: null, mime: '', spec, captchaId: '', credential: NO_CREDENTIAL }
  if (captcha.form === 'none') return Promise.resolve(none)
  return wire.recorded(account, [], async (operation) => {
    const cookies = new SiteCookies(wire.options.baseUrl)
    const response = await wire.send(wire.endpoint('captcha'), cookies)
    if (response.status !== 200) throw wire.changed('captcha-status', { status: response.status })
    operation.secrets.push(...Object.values(cookies.byName()))
    const credential = { jar: cookies.serialize(), token: null }
    const json = captcha.form === 'json' ? parseJson(response) : undefined
    if (captcha.enabledPath && valueAt(json, captcha.enabledPath) === false) return { ...none, credential }
    const image = captcha.form === 'image' ? response.bytes : imageIn(valueAt(json, captcha.imagePath))
    const mime = mimeOf(image)
    if (!mime) throw wire.changed('captcha-is-no-image')
    const captchaId = String((captcha.idPath && valueAt(json, captcha.idPath)) || '')
    const ticket = { image, mime, spec, captchaId, credential }
    Object.assign(operation, await read(ticket))
    return ticket
  })
}

/** Sends the login form with this captcha's answer. @throws UpstreamError where the site does not answer or changed */
export function sendLogin(wire: SiteWire, ticket: CaptchaTicket, given: GivenLogin): Promise<LoginOutcome> {
  const { fields, extra, body } = wire.options.profile.login
  return wire.recorded(given.account, [given.password, given.answer], async ({ secrets }) => {
    const cookies = new SiteCookies(wire.options.baseUrl, ticket.credential.jar)
    const password = await passwordFor(wire, given.password, cookies)
    secrets.push(password)
    const content: Record<string, string> = { ...extra, [fields.username]: given.account, [fields.password]: password }
    if (ticket.image && fields.captcha) content[fields.captcha] = given.answer
    if (ticket.captchaId && fields.captchaId) content[fields.captchaId] = ticket.captchaId
    const response = await wire.send(
      wire.endpoint('login'),
      cookies,
      body === 'form' ? { form: content } : { json: content },
    )
    const outcome = readLogin(wire, response, cookies)
    secrets.push(...Object.values(cookies.byName()))
    if (outcome.kind === 'ok' && outcome.credential.token) secrets.push(outcome.credential.token)
    return outcome
  })
}

async function passwordFor(wire: SiteWire, password: string, cookies: SiteCookies): Promise<string> {
  const { password: form, publicKey, publicKeyPath } = wire.options.profile.login
  if (form !== 'rsa' || publicKey) return sealPassword(password, form, publicKey)
  const response = await wire.send(wire.endpoint('public_key'), cookies)
  const key = publicKeyPath ? valueAt(parseJson(response), publicKeyPath) : response.text().trim()
  if (typeof key !== 'string' || key === '') throw wire.changed('no-public-key')
  try {
    return sealPassword(password, form, key)
  } catch {
    throw wire.changed('public-key-unusable')
  }
}

function readLogin(wire: SiteWire, response: HttpResponse, cookies: SiteCookies): LoginOutcome {
  const { success, messagePath, says } = wire.options.profile.login
  const json = parseJson(response)
  const good = success.json === null || (json !== undefined && passes(json, success.json))
  if (good && success.status.includes(response.status)) return loggedIn(wire, json, cookies)
  const message = json === undefined ? '' : String(valueAt(json, messagePath) ?? '')
  const refusal = readRefusal(message, says)
  if (!refusal) throw wire.changed('login-answer', { status: response.status, json: json !== undefined })
  return refusal
}

function loggedIn(wire: SiteWire, json: unknown, cookies: SiteCookies): LoggedIn {
  const { kind, tokenPath, lifetimeSeconds } = wire.options.profile.credential
  const found = kind === 'token' ? valueAt(json, tokenPath) : null
  if (kind === 'token' && (typeof found !== 'string' || found === '')) throw wire.changed('no-token')
  const token = typeof found === 'string' ? found : null
  const byName = cookies.byName()
  if (kind === 'cookies' && Object.keys(byName).length === 0) throw wire.changed('no-cookie')
  const expiresAt =
    lifetimeSeconds === null ? cookies.expiresAt() : new Date(wire.options.now().getTime() + lifetimeSeconds * 1000)
  return { kind: 'ok', credential: { jar: cookies.serialize(), token }, cookies: byName, expiresAt }
}

function imageIn(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value.replace(/^data:[^,]*,/, '') : '', 'base64')
}
