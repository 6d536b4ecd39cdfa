import { setTimeout as wait } from 'node:timers/promises'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import { textRequest, type Wxwork } from '../../connectors/wxwork'
import { AppError, invalidField } from '../../errors/app-error'
import type { Callbacks } from './callbacks'
import type { Journal } from './journal'
import { createListings } from './listing'
import { CHECK_NOW, type Machine, type MachineDeps, NO_OPTIONS, stateOf } from './machine'
import { refusalOf } from './refusal'
import type { SessionChanges, WxworkMessage, WxworkSession } from './repository'
import type { CodeBody, ContactsBody, InitBody, TextBody } from './schema'
import type { Sender } from './sender'
import { optionsPurpose } from './sealing'
import { blankSession } from './session-row'
import { activeView, eventView, messageView, sessionView } from './views'

const POLL_MS = 100
const LAST_MESSAGES = 100

export interface WxworkDeps extends Omit<MachineDeps, 'alert'> {
  journal: Journal
  machine: Machine
  callbacks: Callbacks
  sender: Sender
  baseUrl: string
  maxEvents: number
  /** Look at what is due now rather than at the next tick. */
  poke(): void
  isChecking(): boolean
}

/** What a person does with the gateway's accounts (wxwork-gateway.md): the demo's functions, field for field. */
export function createWxworkService(deps: WxworkDeps) {
  const { repository, wxwork, journal, machine, callbacks, sender, vault, live, now, intervalMs } = deps
  const listings = createListings({ wxwork, now })
  const later = (ms: number) => new Date(now().getTime() + ms)

  function gateway(): Wxwork {
    if (!wxwork) throw new AppError('UPSTREAM_DISABLED', { message: '企业微信网关尚未配置（WXWORK_BASE_URL）' })
    return wxwork
  }

  /** The uuid named, else the active session's. */
  async function target(uuid: string): Promise<{ uuid: string; session: WxworkSession | null }> {
    gateway()
    const session = uuid ? await repository.findByUuid(uuid) : await repository.active()
    if (!uuid && !session) throw invalidField('uuid', '没有可用的 uuid，请先初始化')
    return { uuid: uuid || session!.uuid, session }
  }

  /** Calls the gateway, and writes down what was said; the call's own failure is told in our words. */
  async function tell<T extends { raw: unknown }>(
    session: Pick<WxworkSession, 'id' | 'uuid'> | null,
    stage: string,
    request: object,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await call()
      await journal.note({ session, stage, payload: { request, response: result.raw } })
      return result
    } catch (error) {
      const refusal = refusalOf(error)
      const { raw } = (error as UpstreamError).detail
      await journal.note({ session, stage, payload: { request, error: refusal.message, response: raw ?? null } })
      if (session?.id) await change(session, { last_event: stage, last_error: refusal.message })
      throw refusal
    }
  }

  async function change(session: Pick<WxworkSession, 'id' | 'uuid'>, changes: SessionChanges): Promise<void> {
    await repository.update({ id: session.id }, { ...changes, updated_at: now() })
    live.publish(stateOf({ ...session, ...changes }))
  }
  const chosen = (): SessionChanges => ({ active_at: now(), last_error: null, monitored: true })

  /** A uuid that somebody named and the gateway knows becomes a session of ours. */
  async function adopt(uuid: string, changes: SessionChanges): Promise<WxworkSession> {
    const present = await repository.findByUuid(uuid)
    if (present) await change(present, changes)
    else {
      await repository.insert({ ...blankSession(uuid, now(), later(intervalMs)), ...changes } as WxworkSession)
      live.publish(stateOf({ uuid }))
    }
    return (await repository.findByUuid(uuid))!
  }

  async function open(body: InitBody) {
    const { vid, ...options } = body
    const opened = await tell(null, 'init', body, () => gateway().init(body))
    const known = (await repository.findByUuid(opened.uuid)) ?? (vid ? await repository.findByVid(vid) : null)
    const changes: SessionChanges = {
      ...chosen(),
      ...(vid ? { vid } : {}),
      uuid: opened.uuid,
      is_login: opened.isLogin,
      state: opened.isLogin ? 'ONLINE' : 'INITIALISED',
      last_event: 'init',
      tries: 0,
      next_try_at: null,
      qr_fetched: false,
      qrcode: null,
      qrcode_key: '',
      qrcode_expires_at: null,
      next_check_at: opened.isLogin ? CHECK_NOW : later(intervalMs),
    }
    if (known) await change(known, changes)
    const session = known ? (await repository.find(known.id))! : await adopt(opened.uuid, changes)
    const plain = JSON.stringify({ ...NO_OPTIONS, ...options })
    await change(session, { init_options: vault.seal(plain, optionsPurpose(session.id)) })
    deps.poke()
    return { session, opened }
  }

  async function register(uuid: string, session: WxworkSession | null, url = deps.callbackUrl) {
    const result = await tell(session, 'SetCallbackUrl', { uuid, url }, () => gateway().setCallbackUrl(uuid, url))
    await adopt(uuid, { last_event: 'SetCallbackUrl', callback_uuid: uuid, ...chosen() })
    return result
  }

  async function fetchQr(uuid: string, session: WxworkSession | null) {
    const qr = await tell(session, 'getQrCode', { uuid }, () => gateway().getQrCode(uuid))
    await adopt(uuid, {
      ...chosen(),
      state: 'QR_WAITING',
      is_login: false,
      qrcode: qr.qrcode,
      qrcode_key: qr.qrcodeKey.slice(0, 255),
      qrcode_expires_at: later(qr.ttlSeconds * 1000),
      last_event: 'getQrCode',
    })
    return qr
  }

  async function logIn(uuid: string, session: WxworkSession | null) {
    const result = await tell(session, 'automaticLogin', { uuid }, () => gateway().automaticLogin(uuid))
    await adopt(uuid, { ...chosen(), last_event: 'automaticLogin', next_check_at: CHECK_NOW })
    deps.poke()
    return result
  }

  /** Waits for a message's turn; another process may be the one that sends it. */
  async function settled(id: number): Promise<WxworkMessage> {
    for (;;) {
      await sender.run()
      const message = await repository.findMessage(id)
      if (!message) throw new AppError('INTERNAL')
      if (!['PENDING', 'SENDING'].includes(message.state)) return message
      await wait(POLL_MS)
    }
  }

  return {
    async state() {
      await callbacks.process()
      const [active, all, enabled, eventsCount] = await Promise.all([
        repository.active(),
        repository.list(),
        repository.monitorEnabled(),
        repository.countEvents(),
      ])
      const latest = (key: 'last_check_at' | 'last_reconnect_at') =>
        all.reduce<Date | null>((last, one) => (one[key] && (!last || one[key] > last) ? one[key] : last), null)
      return {
        active: activeView(active),
        monitor: {
          enabled,
          running: deps.isChecking(),
          lastCheckAt: latest('last_check_at')?.toISOString() ?? null,
          lastReconnectAt: latest('last_reconnect_at')?.toISOString() ?? null,
          reconnecting: all.some(({ state }) => state === 'RECONNECTING'),
          intervalMs,
        },
        eventsCount,
        baseUrl: deps.baseUrl,
        callbackUrl: deps.callbackUrl,
      }
    },

    async events() {
      await callbacks.process()
      return { events: (await repository.events(deps.maxEvents)).map(eventView) }
    },

    /** Every account, with its state and queue. */
    async sessions() {
      const queued = new Map((await repository.countWaiting()).map(({ session_id, count }) => [session_id, count]))
      return { sessions: (await repository.list()).map((one) => sessionView(one, queued.get(one.id) ?? 0)) }
    },

    /** The newest messages of an account and what became of them. */
    async messages(uuid: string) {
      const session = uuid ? await repository.findByUuid(uuid) : await repository.active()
      if (!session) throw invalidField('uuid', '没有可用的 uuid，请先初始化')
      return { uuid: session.uuid, messages: (await repository.messages(session.id, LAST_MESSAGES)).map(messageView) }
    },

    async init(body: InitBody) {
      const { opened } = await open(body)
      return { uuid: opened.uuid, isLogin: opened.isLogin, init: opened.raw }
    },

    async setCallback({ uuid: named, url }: { uuid: string; url: string }) {
      const { uuid, session } = await target(named)
      const request = { uuid, url: url || deps.callbackUrl }
      const { raw } = await register(uuid, session, request.url)
      return { uuid, request, raw }
    },

    async getQrCode(named: string) {
      const { uuid, session } = await target(named)
      const qr = await fetchQr(uuid, session)
      return { uuid, qrcode: qr.qrcode, qrcodeKey: qr.qrcodeKey, getQrCode: qr.raw }
    },

    async checkCode({ uuid: named, qrcodeKey: key, code }: CodeBody) {
      const { uuid, session } = await target(named)
      const qrcodeKey = key || session?.qrcode_key || ''
      if (!qrcodeKey) throw invalidField('qrcodeKey', '没有可用的 qrcodeKey，请先获取二维码')
      const request = { uuid, qrcodeKey, code }
      try {
        const { raw } = await tell(session, 'CheckCode', request, () => gateway().checkCode(request))
        await adopt(uuid, { ...chosen(), last_event: 'CheckCode', next_check_at: CHECK_NOW })
        deps.poke()
        return { raw }
      } catch (error) {
        const { cause } = error as AppError
        const isOver = cause instanceof UpstreamError && cause.detail.reason === 'page-closed'
        if (isOver && session) await change(session, { state: 'INITIALISED', qrcode: null, qrcode_key: '' })
        throw error
      }
    },

    async automaticLogin(named: string) {
      const { uuid, session } = await target(named)
      const { raw } = await logIn(uuid, session)
      return { raw }
    },

    async refreshRunClient(named: string) {
      const { uuid, session } = await target(named)
      const all = await tell(session, 'GetRunClient', {}, () => gateway().getRunClient())
      const one = await tell(session, 'GetRunClientByUuid', { uuid }, () => gateway().getRunClientByUuid(uuid))
      const present = session ?? (await adopt(uuid, chosen()))
      await change(present, { ...(await machine.learn(present, one)), last_check_at: now() })
      return { request: { uuid }, getRunClient: all.raw, getRunClientByUuid: one.raw }
    },

    /** The whole login: automatic with a vid, by QR code without, or where the former is refused. */
    async startLogin(body: InitBody) {
      const { session, opened } = await open(body)
      const { uuid } = opened
      const setCallback = (await register(uuid, session)).raw
      const begun = { uuid, init: opened.raw, setCallback }
      if (opened.isLogin) return { ...begun, isLogin: true, mode: 'online', qrcode: '', qrcodeKey: '' }
      const automatic = body.vid ? await logIn(uuid, session).catch(() => null) : null
      if (automatic)
        return { ...begun, isLogin: false, mode: 'automatic', qrcode: '', qrcodeKey: '', raw: automatic.raw }
      const qr = await fetchQr(uuid, session)
      const { qrcode, qrcodeKey, raw } = qr
      return { ...begun, isLogin: false, mode: 'qrcode', qrcode, qrcodeKey, getQrCode: raw }
    },

    /** Logged out on purpose: nobody brings it back. */
    async logOut(named: string) {
      const { uuid, session } = await target(named)
      const { raw } = await tell(session, 'LoginOut', { uuid }, () => gateway().loginOut(uuid))
      const out: SessionChanges = { state: 'OFFLINE', is_login: false, monitored: false, next_try_at: null, tries: 0 }
      if (session) await change(session, { ...out, last_event: 'LoginOut' })
      return { raw }
    },

    /** Answers when the message has left, which may be a while. */
    async sendText({ uuid: named, kf_id: kfId, send_userid: to, isRoom, content }: TextBody) {
      const { uuid, session } = await target(named)
      const { id: sessionId } = session ?? (await adopt(uuid, chosen()))
      const id = await sender.enqueue({ sessionId, kfId, to, isRoom, content, patient: false })
      const message = await settled(id)
      const raw = message.result ? (JSON.parse(message.result) as unknown) : null
      if (message.state === 'SENT') return { request: textRequest({ uuid, kfId, to, isRoom, content }), raw }
      const kind = message.state === 'UNKNOWN' ? 'unknown-outcome' : raw ? 'rejected' : (message.error ?? 'unavailable')
      throw refusalOf(new UpstreamError('wxwork', kind as UpstreamError['kind'], { detail: { raw } }))
    },

    async contacts({ uuid: named, ...query }: ContactsBody) {
      const { uuid, session } = await target(named)
      const inner = { uuid, limit: query.innerLimit, strSeq: query.innerStrSeq }
      const external = { uuid, limit: query.externalLimit, strSeq: query.externalStrSeq }
      const colleagues = await tell(session, 'GetInnerContacts', inner, () => gateway().innerContacts(inner))
      const customers = await tell(session, 'GetExternalContacts', external, () => gateway().externalContacts(external))
      return {
        uuid,
        request: { inner, external },
        summary: { innerCount: colleagues.list.length, externalCount: customers.list.length },
        inner: colleagues.raw,
        external: customers.raw,
      }
    },

    /** Begins to list every contact. */
    async listContacts(named: string) {
      return { listing: listings.start((await target(named)).uuid) }
    },
    /** How far the listing is, and what it has. */
    async contactListing(named: string) {
      return { listing: listings.find((await target(named)).uuid) }
    },

    async upstreamCheck() {
      const startedAt = performance.now()
      const { raw, clients } = await tell(null, 'GetRunClient', {}, () => gateway().getRunClient())
      const ms = Math.round(performance.now() - startedAt)
      return { baseUrl: deps.baseUrl, reachable: true, ms, clients: clients.length, raw }
    },

    async setMonitor(enabled: boolean) {
      await repository.setMonitor(enabled, now())
      deps.poke()
      return { monitor: { enabled, intervalMs } }
    },

    /** State of each account, for `/readyz` and `/metrics`. */
    async accounts(): Promise<{ name: string; state: WxworkSession['state'] }[]> {
      return (await repository.list()).map(({ vid, uuid, state }) => ({ name: vid || uuid.slice(0, 8), state }))
    },
  }
}

export type WxworkService = ReturnType<typeof createWxworkService>
