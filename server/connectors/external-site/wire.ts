import { AsyncLocalStorage } from 'node:async_hooks'
import { createHttpClient, type ConnectorLog, type HttpCall, type HttpClient, type HttpResponse } from '../kit/http'
import { UpstreamError } from '../kit/upstream-error'
import { SiteCookies, type SiteCredential } from './credential'
import { maskSecrets } from './mask'
import { passes, type SiteProfile } from './profile'
import type { SiteEndpoint } from './profiles'

export interface CallNotes {
  account: string | null
  hook?: unknown
  hookResult?: unknown
}

export interface SiteOptions {
  systemName: string
  baseUrl: string
  profile: SiteProfile
  endpoints: SiteEndpoint[]
  log: ConnectorLog
  now(): Date
  /** Takes every call with its secrets masked. */
  record(call: HttpCall, notes: CallNotes): void
}

/** A call under way: whose it is, and what must not be recorded. */
export interface Operation extends CallNotes {
  secrets: string[]
}

interface Content {
  token?: string | null
  query?: Record<string, string>
  form?: Record<string, string>
  json?: object
}

const MAX_REDIRECTS = 3
const ALWAYS_MASKED = ['set-cookie', 'cookie']

/** One for all sites: each that has run stays on every promise of the process, and settings that change open a new site. */
const callsUnderWay = new AsyncLocalStorage<HttpCall[]>()

/** Requests to one site: cookies, token, redirects, what a login page in place of an answer means, and the record. */
export class SiteWire {
  readonly http: HttpClient

  constructor(readonly options: SiteOptions) {
    const { systemName, baseUrl, log } = options
    this.http = createHttpClient({
      upstream: systemName,
      baseUrl,
      log,
      onCall: (call) => callsUnderWay.getStore()?.push(call),
    })
  }

  /** A page that is not what the profile says. */
  changed(reason: string, detail: object = {}): UpstreamError {
    return new UpstreamError(this.options.systemName, 'bad-response', { detail: { reason, ...detail } })
  }

  endpoint(name: string): SiteEndpoint {
    const found = this.options.endpoints.find((endpoint) => endpoint.name === name)
    if (!found) throw this.changed('no-endpoint', { endpoint: name })
    return found
  }

  /** Runs `work` and hands over the records of its calls, masked once all secrets are known. */
  async recorded<T>(account: string | null, secrets: string[], work: (operation: Operation) => Promise<T>): Promise<T> {
    const made: HttpCall[] = []
    const operation: Operation = { account, secrets: [...secrets] }
    try {
      return await callsUnderWay.run(made, () => work(operation))
    } finally {
      const { fields } = this.options.profile.login
      const masking = { secrets: operation.secrets, fields: [fields.password, fields.captcha, ...ALWAYS_MASKED] }
      const { hook, hookResult } = operation
      for (const call of made) this.options.record(masked(call, masking), { account, hook, hookResult })
    }
  }

  /** One request with this login's cookies and token; redirects are followed within the site only. */
  async send(endpoint: SiteEndpoint, cookies: SiteCookies, { token, ...content }: Content = {}): Promise<HttpResponse> {
    const { baseUrl, profile } = this.options
    const isGet = endpoint.http_method === 'GET'
    let path = endpoint.endpoint
    for (let hop = 0; ; hop++) {
      const cookie = cookies.header(baseUrl + path)
      const response = await this.http.request({
        method: endpoint.http_method as 'GET',
        path,
        ...(hop === 0 ? content : {}),
        headers: {
          ...(cookie ? { cookie } : {}),
          ...(token ? { [profile.credential.header]: profile.credential.prefix + token } : {}),
        },
        retry: isGet ? 'safe' : 'never',
      })
      cookies.take(baseUrl + path, response)
      const location = locationOf(response)
      if (!isGet || location === null || includesAny(location, profile.loggedOut.location)) return response
      if (hop === MAX_REDIRECTS) throw this.changed('too-many-redirects')
      path = this.#nextPath(path, location)
    }
  }

  #nextPath(from: string, location: string): string {
    const base = new URL(this.options.baseUrl)
    const current = this.options.baseUrl + from
    if (!URL.canParse(location, current)) throw this.changed('redirect-unreadable')
    const target = new URL(location, current)
    const prefix = base.pathname.replace(/\/+$/, '')
    if (target.origin !== base.origin || !target.pathname.startsWith(`${prefix}/`))
      throw this.changed('redirected-elsewhere', { host: target.host })
    return target.pathname.slice(prefix.length) + target.search
  }

  /** The JSON of a page behind the login. @throws UpstreamError unauthenticated where the session is over */
  async readBehindLogin(name: string, credential: SiteCredential, query: Record<string, string> = {}) {
    const { profile, baseUrl } = this.options
    const endpoint = this.endpoint(name)
    const id = query[profile.detail.idParam] ?? ''
    const placed = { ...endpoint, endpoint: endpoint.endpoint.replace('{id}', encodeURIComponent(id)) }
    const parameters = placed.endpoint === endpoint.endpoint ? query : {}
    const content = endpoint.http_method === 'GET' ? { query: parameters } : { json: parameters }
    const cookies = new SiteCookies(baseUrl, credential.jar)
    const response = await this.send(placed, cookies, { token: credential.token, ...content })
    const json = parseJson(response)
    if (this.#isLoggedOut(response, json))
      throw new UpstreamError(this.options.systemName, 'unauthenticated', { detail: { reason: 'logged-out' } })
    if (json === undefined) throw this.changed('not-json', { status: response.status })
    return { status: response.status, json }
  }

  #isLoggedOut(response: HttpResponse, json: unknown): boolean {
    const { loggedOut } = this.options.profile
    if (loggedOut.status.includes(response.status)) return true
    if (includesAny(locationOf(response) ?? '', loggedOut.location)) return true
    if (json === undefined) return response.status === 200 && includesAny(response.text(), loggedOut.text)
    return loggedOut.json !== null && passes(json, loggedOut.json)
  }
}

function includesAny(text: string, texts: string[]): boolean {
  const lower = text.toLowerCase()
  return lower !== '' && texts.some((one) => lower.includes(one.toLowerCase()))
}

function locationOf({ status, headers }: HttpResponse): string | null {
  if (status < 300 || status > 399) return null
  return [headers.location].flat()[0] ?? null
}

/** Undefined where the answer is no JSON object or list. */
export function parseJson(response: HttpResponse): unknown {
  try {
    const value: unknown = JSON.parse(response.text())
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function masked(call: HttpCall, masking: { secrets: string[]; fields: string[] }): HttpCall {
  return {
    ...call,
    endpoint: String(maskSecrets(call.endpoint, masking)),
    error: call.error && String(maskSecrets(call.error, masking)),
    requestBody: maskSecrets(call.requestBody, masking),
    // A field such as `code` is the captcha's answer in the form and a status in the answer.
    responseBody: maskSecrets(call.responseBody, { ...masking, fields: ALWAYS_MASKED }),
  }
}
