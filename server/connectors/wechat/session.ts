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

export interface HeldToken {
  token: string
  /** Epoch milliseconds, as the next two. */
  since: number
  renewAt: number
  /** When WeChat was last made to give another. */
  forcedAt: number | null
}

/** Where replicas find the token that one of them got. */
export interface TokenShelf {
  read(): Promise<HeldToken | null>
  write(held: HeldToken): Promise<void>
  /** Runs `work` while no other replica runs its own; a shelf that is away keeps nobody from working. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

const NO_SHELF: TokenShelf = { read: async () => null, write: async () => {}, alone: (work) => work() }

interface Options {
  /** Asks WeChat for the account's token; `force` makes it invalidate the current one. */
  login: (force: boolean) => Promise<TokenGrant>
  /** Epoch milliseconds. */
  clock: () => number
  shelf?: TokenShelf
}

/**
 * The account's stable access token (WeChat docs: getStableAccessToken).
 * WeChat keeps one token per account, so replicas that ask without force share it. Forcing is limited to 20 a day and
 * breaks the token of every other replica: each forces at most once in a token's lifetime and then first asks for the
 * one another replica may have forced meanwhile. With a shelf one replica asks and the others take what it got.
 */
export function createTokenSession({ login, clock, shelf = NO_SHELF }: Options): TokenSession {
  let held: HeldToken | null = null
  let underWay: Promise<string> | null = null

  function once(work: () => Promise<string>): Promise<string> {
    underWay ??= work().finally(() => {
      underWay = null
    })
    return underWay
  }

  async function ask(force: boolean): Promise<string> {
    const askedAt = clock()
    const forcedAt = force ? askedAt : (held?.forcedAt ?? null)
    // Kept before the answer: a forced login whose answer is lost counts all the same.
    if (held) held = { ...held, forcedAt }
    const { token, lifetimeMs } = await login(force)
    const marginMs = Math.min(TOKEN_RENEWAL_MARGIN_MS, lifetimeMs / 10)
    held = { token, since: askedAt, renewAt: askedAt + lifetimeMs - marginMs, forcedAt }
    await shelf.write(held)
    return token
  }

  async function replace(refused: string): Promise<string> {
    const forcedAt = held?.forcedAt ?? null
    if (forcedAt !== null && clock() - forcedAt < TOKEN_LIFETIME_MS) {
      const token = await ask(false)
      if (token !== refused) return token
    }
    return ask(true)
  }

  const isFresh = (token: HeldToken | null): token is HeldToken => token !== null && clock() < token.renewAt

  /** Another replica's token, unless it is the refused one. */
  async function shared(refused?: string): Promise<string | null> {
    const found = await shelf.read()
    if (!found) return null
    held = found
    return isFresh(found) && found.token !== refused ? found.token : null
  }

  /** Looks on the shelf, waits for its turn, looks again, and only then asks WeChat. */
  const obtain = (asking: () => Promise<string>, refused?: string): Promise<string> =>
    once(async () => (await shared(refused)) ?? shelf.alone(async () => (await shared(refused)) ?? asking()))

  async function renew(refused: string): Promise<string> {
    if (held && held.token !== refused) return held.token
    return obtain(() => replace(refused), refused)
  }

  return {
    get: async () => (isFresh(held) ? held.token : obtain(() => ask(false))),
    renew,
    state: () => {
      if (underWay) return 'renewing'
      return isFresh(held) ? 'valid' : 'none'
    },
    facts: () => held && { since: new Date(held.since), renewAt: new Date(held.renewAt) },
  }
}
