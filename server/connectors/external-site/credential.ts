import { CookieJar, type SerializedCookieJar } from 'tough-cookie'
import type { HttpResponse } from '../kit/http'

/** What makes a request one of a logged-in account. */
export interface SiteCredential {
  jar: SerializedCookieJar | null
  token: string | null
}

/** What the databases take for an instant ends with the year 9999; some sites state more. */
const LAST_INSTANT = Date.UTC(9999, 11, 31)

export const NO_CREDENTIAL: SiteCredential = { jar: null, token: null }

/** Cookies of one login, from the captcha on; nothing is shared with another one. */
export class SiteCookies {
  readonly #jar: CookieJar

  constructor(
    readonly baseUrl: string,
    stored: SerializedCookieJar | null = null,
  ) {
    // Sites live on bare host names and addresses, which are no public suffixes to worry about.
    const options = { rejectPublicSuffixes: false, looseMode: true }
    this.#jar = stored ? CookieJar.deserializeSync(stored) : new CookieJar(undefined, options)
  }

  take(url: string, { headers }: Pick<HttpResponse, 'headers'>): void {
    for (const line of [headers['set-cookie'] ?? []].flat())
      this.#jar.setCookieSync(line, url, { ignoreError: true, http: true })
  }

  header(url: string): string {
    return this.#jar.getCookieStringSync(url, { http: true })
  }

  /** Name → value of the cookies that go to the site. */
  byName(): Record<string, string> {
    return Object.fromEntries(this.#jar.serializeSync()?.cookies.map(({ key, value }) => [key, value]) ?? [])
  }

  /** The earliest stated end among them; null where they all end with the browser. */
  expiresAt(): Date | null {
    const ends = (this.#jar.serializeSync()?.cookies ?? []).flatMap(({ expires, maxAge, creation }) => {
      if (typeof maxAge === 'number' && creation) return new Date(creation as string).getTime() + maxAge * 1000
      return expires && expires !== 'Infinity' ? new Date(expires as string).getTime() : []
    })
    return ends.length > 0 ? new Date(Math.min(...ends, LAST_INSTANT)) : null
  }

  serialize(): SerializedCookieJar | null {
    return this.#jar.serializeSync() ?? null
  }
}
