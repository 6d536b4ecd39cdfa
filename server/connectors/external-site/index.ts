import { UpstreamError } from '../kit/upstream-error'
import { SiteCookies, type SiteCredential } from './credential'
import {
  type CaptchaNote,
  type CaptchaTicket,
  fetchCaptcha,
  type GivenLogin,
  type LoginOutcome,
  sendLogin,
} from './login'
import { passes } from './profile'
import type { SiteEndpoint } from './profiles'
import { type SiteOptions, SiteWire } from './wire'
import { type ListPage, listRequest, readDetail, readList } from './work-orders'

export type { SiteCredential } from './credential'
export type { CaptchaNote, CaptchaTicket, LoggedIn, LoginOutcome } from './login'
export type { CallNotes, SiteOptions } from './wire'
export type { ExternalOrder, ListPage } from './work-orders'

/**
 * One external work-order site (external-site-session.md). A site that is down is `unavailable` or `unknown-outcome`,
 * a page that is not what the profile says is `bad-response`, a session that is over is `unauthenticated`.
 */
export function createExternalSite(options: SiteOptions) {
  const wire = new SiteWire(options)
  const { profile } = options

  return {
    fetchCaptcha: (account: string, read: (ticket: CaptchaTicket) => Promise<CaptchaNote>): Promise<CaptchaTicket> =>
      fetchCaptcha(wire, account, read),

    login: (ticket: CaptchaTicket, given: GivenLogin): Promise<LoginOutcome> => sendLogin(wire, ticket, given),

    /** Whether the session is still good. */
    check: (credential: SiteCredential, account: string): Promise<boolean> =>
      wire.recorded(account, secretsOf(credential), () => isAlive(wire, credential)),

    /** Sends one request to any page of the site and takes whatever comes back. @returns its status */
    call: (
      credential: SiteCredential,
      account: string | null,
      { endpoint, ...content }: { endpoint: SiteEndpoint; query?: Record<string, string>; json?: object },
    ): Promise<number> =>
      wire.recorded(account, secretsOf(credential), async () => {
        const cookies = new SiteCookies(options.baseUrl, credential.jar)
        const { status } = await wire.send(endpoint, cookies, { token: credential.token, ...content })
        return status
      }),

    /** Ends the session. @returns false where the catalogue knows no way to */
    async logout(credential: SiteCredential, account: string): Promise<boolean> {
      const endpoint = options.endpoints.find(({ name }) => name === 'logout')
      if (!endpoint) return false
      return wire.recorded(account, secretsOf(credential), async () => {
        const cookies = new SiteCookies(options.baseUrl, credential.jar)
        await wire.send(endpoint, cookies, { token: credential.token })
        return true
      })
    },

    /** One page of the list, from 1. @throws UpstreamError unauthenticated where the session is over */
    list: (
      credential: SiteCredential,
      account: string,
      at: { page: number; since: string | null },
    ): Promise<ListPage> =>
      wire.recorded(account, secretsOf(credential), async () => {
        const { json } = await wire.readBehindLogin('workorder_list', credential, listRequest(profile, at))
        const page = readList(json, profile)
        if (!page) throw wire.changed('list-answer')
        return page
      }),

    hasDetails: options.endpoints.some(({ name }) => name === 'workorder_detail'),

    /** The detail of one order. @throws UpstreamError also where this one order cannot be read */
    detail: (credential: SiteCredential, account: string, externalNo: string): Promise<unknown> =>
      wire.recorded(account, secretsOf(credential), async () => {
        const query = { [profile.detail.idParam]: externalNo }
        const { json } = await wire.readBehindLogin('workorder_detail', credential, query)
        const detail = readDetail(json, profile)
        if (detail === undefined) throw wire.changed('detail-answer')
        return detail
      }),

    state: () => wire.http.state(),
    close: () => wire.http.close(),
  }
}

export type ExternalSite = ReturnType<typeof createExternalSite>

async function isAlive(wire: SiteWire, credential: SiteCredential): Promise<boolean> {
  const { alive } = wire.options.profile
  try {
    const { status, json } = await wire.readBehindLogin('check_status', credential)
    if (!alive.status.includes(status)) throw wire.changed('check-status', { status })
    if (alive.json && !passes(json, alive.json)) throw wire.changed('check-answer')
    return true
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'unauthenticated') return false
    throw error
  }
}

const secretsOf = ({ jar, token }: SiteCredential): string[] => [
  ...(token ? [token] : []),
  ...(jar?.cookies ?? []).map(({ value }) => String(value ?? '')),
]
