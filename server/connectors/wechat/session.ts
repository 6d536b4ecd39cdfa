import { TOKEN_LIFETIME_MS, TOKEN_RENEWAL_MARGIN_MS } from './constants'

export interface TokenGrant {
  token: string
  lifetimeMs: number
}

export interface TokenSession {
  /** A token good for now; concurrent callers share one login. */
  get(): Promise<string>
  /** A token other than the refused one; the refused one is never handed out again. */
  renew(refused: string): Promise<string>
  state(): 'none' | 'renewing' | 'valid'
  /** When the token was asked for and when it is renewed; null without one. */
  facts(): { since: Date; renewAt: Date } | null
}

interface Options {
  /** Asks WeChat for the account's token; `force` makes it invalidate the current one. */
  login: (force: boolean) => Promise<TokenGrant>
  /** Epoch milliseconds. */
  clock: () => number
}

/**
 * The account's stable access token (WeChat docs: getStableAccessToken).
 * WeChat keeps one token per account, so replicas that ask without force share it. Forcing is limited to 20 a day and
 * breaks the token of every other replica: each forces at most once in a token's lifetime and then first asks for the
 * one another replica may have forced meanwhile.
 */
export function createTokenSession({ login, clock }: Options): TokenSession {
  let held: { token: string; since: number; renewAt: number } | null = null
  let underWay: Promise<string> | null = null
  let forcedAt = Number.NEGATIVE_INFINITY

  function once(work: () => Promise<string>): Promise<string> {
    underWay ??= work().finally(() => {
      underWay = null
    })
    return underWay
  }

  async function ask(force: boolean): Promise<string> {
    const askedAt = clock()
    if (force) forcedAt = askedAt
    const { token, lifetimeMs } = await login(force)
    const marginMs = Math.min(TOKEN_RENEWAL_MARGIN_MS, lifetimeMs / 10)
    held = { token, since: askedAt, renewAt: askedAt + lifetimeMs - marginMs }
    return token
  }

  async function replace(refused: string): Promise<string> {
    if (clock() - forcedAt < TOKEN_LIFETIME_MS) {
      const token = await ask(false)
      if (token !== refused) return token
    }
    return ask(true)
  }

  async function renew(refused: string): Promise<string> {
    if (held && held.token !== refused) return held.token
    return once(() => replace(refused))
  }

  return {
    get: async () => (held && clock() < held.renewAt ? held.token : once(() => ask(false))),
    renew,
    state: () => {
      if (underWay) return 'renewing'
      return held && clock() < held.renewAt ? 'valid' : 'none'
    },
    facts: () => held && { since: new Date(held.since), renewAt: new Date(held.renewAt) },
  }
}
