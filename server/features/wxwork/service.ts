import { setTimeout as wait } from 'node:timers/promises'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import { textRequest } from '../../connectors/wxwork'
import type { Database } from '../../db/database'
import { AppError, invalidField } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import type { AuditService } from '../audit/service'
import { createAccess } from './access'
import type { Callbacks } from './callbacks'
import type { Journal } from './journal'
import type { Listings } from './listing'
import { createLogin } from './login'
import { CHECK_NOW, type Machine, type MachineDeps } from './machine'
import { refusalOf } from './refusal'
import type { SessionChanges, WxworkMessage, WxworkSession } from './repository'
import type { CodeBody, ContactsBody, InitBody, TextBody } from './schema'
import type { Sender } from './sender'
import { activeView, eventView, messageView, sessionView } from './views'

const POLL_MS = 100
const LAST_MESSAGES = 100

export interface WxworkDeps extends Omit<MachineDeps, 'alert'> {
  journal: Journal
  machine: Machine
  callbacks: Callbacks
  sender: Sender
  listings: Listings
  baseUrl: string
  maxEvents: number
  /** Look at what is due now rather than at the next tick. */
  poke(): void
  isChecking(): boolean
  audit: AuditService
  transaction: Database['transaction']
}

/** What a person does with the gateway's accounts (wxwork-gateway.md): the demo's functions, field for field. */
export function createWxworkService(deps: WxworkDeps) {
  const { repository, machine, callbacks, sender, listings, now, intervalMs } = deps
  const access = createAccess(deps)
  const { gateway, target, tell, change, chosen, adopt } = access
  const { open, register, fetchQr, logIn } = createLogin({ ...deps, access })

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

  /** Every account, with its state and queue. */
  async function sessionsOf(rows: WxworkSession[]) {
    const queued = new Map((await repository.countWaiting()).map(({ session_id, count }) => [session_id, count]))
    return { sessions: rows.map((one) => sessionView(one, queued.get(one.id) ?? 0)) }
  }

  return {
    /** Keeps who had the gateway do what; what was said to it is among the account's events. */
    async keepAct(who: StaffPrincipal, action: string, uuid: string): Promise<void> {
      const target = uuid || ((await repository.active())?.uuid ?? '')
      await deps.transaction((trx) => deps.audit.record(trx, who, { action, target }))
    },

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
        ...(await sessionsOf(all)),
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

    sessions: async () => sessionsOf(await repository.list()),

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
      const { uuid, session } = await target(named)
      return { listing: await listings.start(session ?? (await adopt(uuid, chosen()))) }
    },
    /** How far the listing is, and what it has. */
    async contactListing(named: string) {
      const { session } = await target(named)
      return { listing: session && (await listings.find(session)) }
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
