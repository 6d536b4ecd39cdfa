import type { Logger } from 'pino'
import type { InitOptions, RunClient, Wxwork } from '../../connectors/wxwork'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { WxworkState } from '../../db/wxwork-schema'
import type { Vault } from '../../vault'
import type { Publisher } from '../live/service'
import type { Journal } from './journal'
import { optionsPurpose } from './sealing'
import type { SessionChanges, WxworkRepository, WxworkSession } from './repository'

export const MAX_TRIES = 3
/** As the time of the next check: somebody asked for it, monitor or not. */
export const CHECK_NOW = new Date('2000-01-01T00:00:00.000Z')
/** A check that takes longer than this is somebody else's turn. */
const CHECK_LEASE_MS = 60_000
/** Intervals for which the gateway's own repair of its link is waited for. */
const BUSY_INTERVALS = 4

export interface MachineDeps {
  repository: WxworkRepository
  wxwork: Wxwork | null
  journal: Journal
  live: Publisher
  vault: Vault
  callbackUrl: string
  intervalMs: number
  /** Calls a person, over every channel but this account itself; a `source` is told once. */
  alert(about: { id: string; source: string; content: string }): Promise<void>
  log: Logger
  now: () => Date
}

export const NO_OPTIONS: Omit<InitOptions, 'vid'> = {
  ip: '',
  port: '',
  proxyType: '',
  userName: '',
  passward: '',
  proxySituation: 0,
  deverType: 'ipad',
}

export const accountName = ({ nickname, vid, uuid }: WxworkSession) => nickname || vid || uuid.slice(0, 8)

/** Whether the gateway itself was not there: nothing was tried. */
const notThere = (error: unknown) =>
  error instanceof UpstreamError && ['unavailable', 'rate-limited'].includes(error.kind)
/** States in which a person is at work on the login. */
const BY_HAND = new Set<WxworkState>(['NEW', 'INITIALISED', 'QR_WAITING', 'CODE_NEEDED'])

/** Looks after the accounts: asks the gateway how each is, brings back what fell out, calls a person at the end. */
export function createMachine(deps: MachineDeps) {
  const { repository, wxwork, live, intervalMs, now, log } = deps
  const later = (ms: number) => new Date(now().getTime() + ms)
  const recover = createRecovery(deps)

  /** What the gateway says of an account becomes its state. */
  async function learn(session: WxworkSession, client: RunClient): Promise<SessionChanges> {
    if (client.status === 'online') return cameOnline(deps, session, client)
    const patient = session.last_online_at && now().getTime() - session.last_online_at.getTime()
    if (client.status === 'busy' && session.state === 'ONLINE' && (patient ?? 0) < BUSY_INTERVALS * intervalMs)
      return {}
    return fellOut(session, { now: now(), firstTry: later(intervalMs) })
  }

  /** What the gateway says, or what its silence means; recovery is for accounts it has answered about. */
  async function look(session: WxworkSession): Promise<{ changes: SessionChanges; answered: boolean }> {
    try {
      return { changes: await learn(session, await wxwork!.getRunClientByUuid(session.uuid)), answered: true }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (error.kind !== 'rejected') return { changes: unreachable(session), answered: false }
      // A uuid the gateway does not know: it was started anew.
      return { changes: fellOut(session, { now: now(), firstTry: later(intervalMs) }), answered: true }
    }
  }

  async function checkOne(session: WxworkSession, enabled: boolean): Promise<void> {
    if (!(await repository.takeCheck(session, later(Math.max(intervalMs, CHECK_LEASE_MS))))) return
    const at = { id: session.id, version: session.version + 1 }
    const begin = async (changes: SessionChanges) => {
      const written = await repository.update(at, changes)
      at.version += 1
      if (written) live.publish(stateOf(session))
      return written
    }
    const { changes, answered } = await look(session)
    if (answered && enabled) Object.assign(changes, await recover({ ...session, ...changes }, begin))
    const next = nextCheck({ ...session, ...changes }, { now: now(), usual: later(intervalMs) })
    const time = { last_check_at: now(), next_check_at: next, updated_at: now() }
    const written = await repository.update(at, { ...changes, ...time })
    // A person or a notice was faster: what was seen is old, look again.
    if (!written) await repository.update({ id: session.id }, { next_check_at: CHECK_NOW, ...keptOf(session, changes) })
    const state = changes.state ?? session.state
    if (written && (state !== session.state || changes.uuid)) live.publish(stateOf({ ...session, ...changes }))
    if (state !== session.state) log.info({ account: accountName(session), from: session.state, state }, 'wxwork state')
  }

  return {
    /** What the gateway said of an account, as changes of its row. */
    learn,
    /** Checks every account whose time has come. @returns how many */
    async pass(): Promise<number> {
      if (!wxwork) return 0
      const enabled = await repository.monitorEnabled()
      const due = (await repository.dueForCheck(now())).filter(
        (session) => session.monitored && (enabled || wasAsked(session)),
      )
      await Promise.all(
        due.map((session) =>
          checkOne(session, enabled).catch((error: unknown) =>
            log.error({ err: error, session: session.id }, 'wxwork check failed'),
          ),
        ),
      )
      return due.length
    },
  }
}

export type Machine = ReturnType<typeof createMachine>

/** For the console, when what it shows of an account has changed. */
export const stateOf = ({ uuid }: { uuid?: string }) =>
  ({ topic: 'wxwork', id: uuid ?? '', event: 'SESSION_STATE' }) as const

/** A new uuid and an outage's one QR code must not be lost, whatever else happened meanwhile. */
const keptOf = (session: WxworkSession, { uuid, tries, ...changes }: SessionChanges): SessionChanges => ({
  ...(uuid && uuid !== session.uuid ? { uuid, tries } : {}),
  ...(changes.qrcode ? qrOf(changes) : {}),
})

const qrOf = ({ qrcode, qrcode_picture, qrcode_key, qrcode_expires_at }: SessionChanges): SessionChanges => ({
  qrcode,
  qrcode_picture,
  qrcode_key,
  qrcode_expires_at,
})

/** With the monitor off, only a notice or a person makes it look. */
const wasAsked = ({ next_check_at }: WxworkSession) => next_check_at.getTime() <= CHECK_NOW.getTime()

const nextCheck = ({ next_try_at }: WxworkSession, { now, usual }: { now: Date; usual: Date }): Date =>
  next_try_at && next_try_at > now && next_try_at < usual ? next_try_at : usual

async function cameOnline(deps: MachineDeps, session: WxworkSession, client: RunClient): Promise<SessionChanges> {
  const registered = await registerAnew(deps, session)
  return {
    ...registered,
    state: 'ONLINE',
    is_login: true,
    vid: client.vid || session.vid,
    nickname: (client.nickname || session.nickname).slice(0, 100),
    corp_name: (client.corpName || session.corp_name).slice(0, 100),
    tries: 0,
    next_try_at: null,
    qr_fetched: false,
    qrcode: null,
    qrcode_expires_at: null,
    last_online_at: deps.now(),
    last_error: null,
  }
}

/** The gateway forgets where to call with every new uuid. */
async function registerAnew(deps: MachineDeps, session: WxworkSession): Promise<SessionChanges> {
  if (!session.callback_uuid || session.callback_uuid === session.uuid) return {}
  const request = { url: deps.callbackUrl }
  const make = () => deps.wxwork!.setCallbackUrl(session.uuid, deps.callbackUrl)
  return createNoted(deps.journal)(session, { stage: 'SetCallbackUrl', request, make }).then(
    () => ({ callback_uuid: session.uuid }),
    () => ({}),
  )
}

/** The gateway says that nobody is logged in. */
function fellOut(session: WxworkSession, { now, firstTry }: { now: Date; firstTry: Date }): SessionChanges {
  const { state, vid } = session
  if (BY_HAND.has(state)) return isQrOver(session, now) ? qrOver(session) : {}
  if (state === 'HUMAN_NEEDED') return { is_login: false }
  if (!vid) return { state: 'OFFLINE', is_login: false }
  if (session.next_try_at || session.tries > 0) return { is_login: false }
  return { state: 'OFFLINE', is_login: false, next_try_at: firstTry, last_error: '账号已离线，等待自动重连' }
}

const isQrOver = ({ qrcode_expires_at }: WxworkSession, now: Date) =>
  qrcode_expires_at !== null && qrcode_expires_at < now

/** An account that was online before still needs its person. */
const qrOver = ({ last_online_at }: WxworkSession): SessionChanges => ({
  state: last_online_at ? 'HUMAN_NEEDED' : 'INITIALISED',
  qrcode: null,
  qrcode_expires_at: null,
  qr_fetched: true,
  last_error: '二维码已过期，请重新获取',
})

/** Nothing is known of the account; no try is spent on a gateway that is not there. */
const unreachable = (session: WxworkSession): SessionChanges => ({
  last_error: '网关无法连接',
  ...(session.state === 'ONLINE' ? { state: 'OFFLINE', is_login: false } : {}),
})

/** Calls the gateway for an account and writes down what was said. */
type Noted = <T extends { raw: unknown }>(
  session: WxworkSession,
  call: { stage: string; request: object; make: () => Promise<T> },
) => Promise<T>

const createNoted =
  (journal: Journal): Noted =>
  async (session, { stage, request, make }) => {
    try {
      const result = await make()
      await journal.note({ session, stage, payload: { request, response: result.raw } })
      return result
    } catch (error) {
      await journal.note({ session, stage, payload: { request, error: (error as Error).message } })
      throw error
    }
  }

/** init(vid) → SetCallbackUrl → automaticLogin; the new uuid is kept whatever comes after it. */
function createAttempt(deps: MachineDeps, noted: Noted) {
  const { callbackUrl: url } = deps
  return async (session: WxworkSession): Promise<SessionChanges> => {
    const wxwork = deps.wxwork!
    const request = { ...storedOptions(deps, session), vid: session.vid }
    const { uuid, isLogin } = await noted(session, { stage: 'init', request, make: () => wxwork.init(request) })
    const changes: SessionChanges = { uuid }
    const current = { ...session, uuid, callback_uuid: uuid }
    try {
      const register = () => wxwork.setCallbackUrl(uuid, url)
      await noted(current, { stage: 'SetCallbackUrl', request: { uuid, url }, make: register })
      changes.callback_uuid = uuid
      const make = () => wxwork.automaticLogin(uuid)
      if (!isLogin) await noted(current, { stage: 'automaticLogin', request: { uuid }, make })
      const client = await wxwork.getRunClientByUuid(uuid)
      if (client.status !== 'online') return { ...changes, last_error: '自动登录后仍未在线' }
      return { ...changes, ...(await cameOnline(deps, current, client)) }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      return { ...changes, last_error: `自动登录失败：${error.kind}` }
    }
  }
}

/** Writes before the act; false where the row has changed meanwhile. */
type Begin = (changes: SessionChanges) => Promise<boolean>

/** At most three tries, after 1, 2 and 4 intervals; then one QR code and a person. */
function createRecovery(deps: MachineDeps) {
  const { wxwork, journal, intervalMs, now } = deps
  const noted = createNoted(journal)
  const attempt = createAttempt(deps, noted)
  const later = (ms: number) => new Date(now().getTime() + ms)

  async function tryOnce(session: WxworkSession, begin: Begin): Promise<SessionChanges> {
    const tries = session.tries + 1
    const next_try_at = later(intervalMs * (tries < MAX_TRIES ? 2 ** tries : 1))
    const begun = { state: 'RECONNECTING', last_reconnect_at: now(), tries, next_try_at } as const
    // Counted before it is made: a process that dies in a try must not make it again and again.
    if (!(await begin(begun))) return {}
    try {
      return { ...begun, ...(await attempt(session)) }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      const last_error = `重新连接失败：${error.kind}`
      if (notThere(error)) return { ...begun, tries: session.tries, next_try_at: later(intervalMs), last_error }
      return { ...begun, last_error }
    }
  }

  /** Once per outage, and again only where the gateway was not even there. */
  async function callPerson(session: WxworkSession, begin: Begin): Promise<SessionChanges> {
    const name = accountName(session)
    const changes: SessionChanges = { state: 'HUMAN_NEEDED', is_login: false, next_try_at: null, qr_fetched: true }
    if (session.state !== 'HUMAN_NEEDED')
      await deps.alert({
        id: session.id,
        source: `wxwork:${session.id}:${session.last_online_at?.getTime() ?? 0}`,
        content: `账号 ${name} 已离线，自动重连 ${MAX_TRIES} 次未成功，请在控制台扫码登录`,
      })
    // Written before it is fetched: a process that dies here must not fetch code after code.
    if (!(await begin(changes))) return {}
    try {
      const request = { uuid: session.uuid }
      const make = () => wxwork!.getQrCode(session.uuid)
      const qr = await noted(session, { stage: 'getQrCode', request, make })
      const qrcode_expires_at = later(qr.ttlSeconds * 1000)
      return {
        ...changes,
        qrcode: qr.qrcode,
        qrcode_picture: qr.picture || null,
        qrcode_key: qr.qrcodeKey.slice(0, 255),
        qrcode_expires_at,
        last_error: '请扫码登录',
      }
    } catch (error) {
      return { ...changes, qr_fetched: !notThere(error), last_error: '自动重连失败，二维码获取失败' }
    }
  }

  return async (session: WxworkSession, begin: Begin): Promise<SessionChanges> => {
    const { state, next_try_at, tries, qr_fetched } = session
    if (state === 'HUMAN_NEEDED') return qr_fetched ? {} : callPerson(session, begin)
    if (!['OFFLINE', 'RECONNECTING'].includes(state) || !next_try_at || next_try_at > now()) return {}
    return tries < MAX_TRIES ? tryOnce(session, begin) : callPerson(session, begin)
  }
}

function storedOptions({ vault, log }: MachineDeps, session: WxworkSession): Omit<InitOptions, 'vid'> {
  if (!session.init_options) return NO_OPTIONS
  try {
    return JSON.parse(vault.open(session.init_options, optionsPurpose(session.id))) as InitOptions
  } catch (error) {
    log.error({ err: error, session: session.id }, 'proxy settings of a wxwork account cannot be read')
    return NO_OPTIONS
  }
}
