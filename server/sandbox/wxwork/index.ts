import { randomInt, randomUUID } from 'node:crypto'
import { drawQr } from './qr-picture'
import { type Sandbox, type SandboxAnswer, type SandboxControl, type SandboxRequest, startSandbox } from '../kit'

/** One client as the gateway holds it. */
interface Client {
  uuid: string
  vid: string
  isLogin: boolean
  callbackUrl: string
  qrKey: string
  /** The code the phone shows. */
  code: string
}

interface Message {
  uuid: string
  kf_id: unknown
  send_userid: unknown
  isRoom: unknown
  content: unknown
}

/** Fields of `POST /__control` that only this sandbox knows. */
export interface WxworkControl extends SandboxControl {
  /** `old`: loginType and user_info; `new`: longLinkState and userInfo. */
  dialect?: 'old' | 'new'
  /** Under which name the QR key comes: Key, key, qrcodeKey, qrcode_key, or none (the file name of the address). */
  keyName?: string
  /** Is `is_login` text? */
  loginAsText?: boolean
  /** The phone logged in elsewhere: this account (uuid or vid) is out and a login without a QR code is refused. */
  loginElsewhere?: string
  /** The account's connection broke. */
  disconnect?: string
  /** The gateway has started anew: no uuid is known any more. */
  restart?: boolean
  /** The next `times` (1) calls of `action` are refused with this text. */
  refuse?: { action: string; errmsg?: string; times?: number }
  /** Calls of this action are never answered; empty: all are again. */
  hang?: string
  /** Sends this notice to the account's callback. */
  notify?: { account: string; type: unknown; json: unknown }
}

export interface WxworkSandbox extends Omit<Sandbox, 'control'> {
  control(control: WxworkControl): void
  clients(): Client[]
  messages(): Message[]
  /** The code a phone shows for this client now. */
  codeOf(uuid: string): string
}

interface State {
  dialect: 'old' | 'new'
  keyName: string
  loginAsText: boolean
  clients: Map<string, Client>
  /** Accounts that may log in without a QR code. */
  known: Set<string>
  messages: Message[]
  refusals: { action: string; errmsg: string; times: number }[]
  hang: string
  /** Base64 of the picture every QR code of this sandbox has. */
  picture: string
}

type Body = Record<string, unknown>

/** The code the demo's phone shows, so that a person can type it. */
export const SANDBOX_CODE = '123456'
const CONTACTS = 23

const freshState = (picture: string): State => ({
  dialect: 'old',
  keyName: 'Key',
  loginAsText: true,
  clients: new Map(),
  known: new Set(),
  messages: [],
  refusals: [],
  hang: '',
  picture,
})

/** The Enterprise-WeChat gateway over real HTTP, in either of its dialects; it calls back to the registered address. */
export async function startWxworkSandbox(options: { port?: number } = {}): Promise<WxworkSandbox> {
  const state = freshState(await drawQr('sandbox'))
  const sandbox = await startSandbox({
    port: options.port,
    handle: (request) => handle(state, request),
    onControl: (control) => apply(state, control),
  })
  return {
    ...sandbox,
    clients: () => [...state.clients.values()],
    messages: () => [...state.messages],
    codeOf: (uuid) => state.clients.get(uuid)?.code ?? '',
  }
}

function apply(state: State, control: WxworkControl): void {
  if (control.reset) Object.assign(state, freshState(state.picture))
  const { dialect, keyName, loginAsText, hang } = control
  for (const [key, value] of Object.entries({ dialect, keyName, loginAsText, hang }))
    if (value !== undefined) Object.assign(state, { [key]: value })
  if (control.refuse) state.refusals.push({ errmsg: '操作失败', times: 1, ...control.refuse })
  if (control.restart) state.clients.clear()
  for (const client of accounts(state, control.disconnect)) logOut(client, '异常断开')
  for (const client of accounts(state, control.loginElsewhere)) {
    state.known.delete(client.vid)
    logOut(client, '其他设备登录')
  }
  if (control.notify) for (const client of accounts(state, control.notify.account)) void notify(client, control.notify)
}

const accounts = ({ clients }: State, name?: string) =>
  name ? [...clients.values()].filter(({ uuid, vid }) => uuid === name || vid === name) : []

function logOut(client: Client, reason: string): void {
  client.isLogin = false
  void notify(client, { type: 104_001, json: { reason, time: Date.now() } })
}

/** The gateway does not care whether anybody hears. */
async function notify({ callbackUrl, uuid }: Client, { type, json }: { type: unknown; json: unknown }): Promise<void> {
  if (!callbackUrl) return
  const body = JSON.stringify({ uuid, json: typeof json === 'string' ? json : JSON.stringify(json), type })
  await fetch(callbackUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).catch(() => {})
}

async function handle(state: State, { method, path, body }: SandboxRequest): Promise<SandboxAnswer> {
  const action = /^\/wxwork\/(\w+)$/.exec(path)?.[1] ?? ''
  const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
  if (method !== 'POST' || !act) return { status: 404, text: 'no such action' }
  if (state.hang === action) await new Promise(() => {})
  const scripted = state.refusals.find((one) => one.times > 0 && one.action === action)
  if (scripted) {
    scripted.times -= 1
    return refuse(scripted.errmsg)
  }
  return act(state, (body ?? {}) as Body)
}

const ok = (data: unknown): SandboxAnswer => ({ json: { data, errcode: 0, errmsg: 'ok' } })
const refuse = (errmsg: string): SandboxAnswer => ({ json: { data: null, errcode: 1, errmsg } })

type Act = (state: State, body: Body) => SandboxAnswer

/** For actions on a client that is there. */
const onClient =
  (act: (state: State, client: Client, body: Body) => SandboxAnswer): Act =>
  (state, body) => {
    const client = state.clients.get(String(body.uuid ?? ''))
    return client ? act(state, client, body) : refuse('uuid不存在')
  }
const onAccount = (act: (state: State, client: Client, body: Body) => SandboxAnswer): Act =>
  onClient((state, client, body) => (client.isLogin ? act(state, client, body) : refuse('未登录')))

const ACTIONS: Record<string, Act> = {
  init: (state, { vid }) => {
    const account = typeof vid === 'string' ? vid : ''
    const present = accounts(state, account).find(({ isLogin }) => isLogin)
    const client = present ?? { uuid: randomUUID(), vid: account, isLogin: false, callbackUrl: '', qrKey: '', code: '' }
    state.clients.set(client.uuid, client)
    return ok({ uuid: client.uuid, is_login: state.loginAsText ? String(client.isLogin) : client.isLogin })
  },
  SetCallbackUrl: onClient((_state, client, { url }) => {
    client.callbackUrl = String(url ?? '')
    return ok({})
  }),
  getQrCode: onClient((state, client) => {
    client.qrKey = randomUUID().replaceAll('-', '').toUpperCase()
    client.code = SANDBOX_CODE
    const key = state.keyName ? { [state.keyName]: client.qrKey } : {}
    return ok({
      qrcode: `https://wework.example.com/qr/${client.qrKey}.png?x=1`,
      qrcode_data: state.picture,
      Ttl: 600,
      ...key,
    })
  }),
  CheckCode: onClient((state, client, { qrcodeKey, code }) => {
    if (!client.qrKey || qrcodeKey !== client.qrKey) return refuse('qrcode_not need verify')
    if (code !== client.code) return refuse('验证码错误')
    client.vid ||= `16888${randomInt(10 ** 10, 10 ** 11)}`
    logIn(state, client)
    return ok({})
  }),
  automaticLogin: onClient((state, client) => {
    if (!client.vid || !state.known.has(client.vid)) return refuse('自动登录失败，请扫码登录')
    logIn(state, client)
    return ok({})
  }),
  GetRunClient: (state) =>
    ok(
      [...state.clients.values()].map((client) => ({
        [client.vid]: { isLogin: client.isLogin, uuid: client.uuid, userid: client.vid, object: profileOf(client) },
      })),
    ),
  GetRunClientByUuid: onClient((state, client) => ok(state.dialect === 'old' ? oldStatus(client) : newStatus(client))),
  SendTextMsg: onAccount((state, client, { kf_id, send_userid, isRoom, content }) => {
    state.messages.push({ uuid: client.uuid, kf_id, send_userid, isRoom, content })
    return ok({ msgid: state.messages.length })
  }),
  GetInnerContacts: onAccount((_state, _client, body) => contactsOf('同事', body)),
  GetExternalContacts: onAccount((_state, _client, body) => contactsOf('客户', body)),
  LoginOut: onClient((state, client) => {
    state.known.delete(client.vid)
    logOut(client, '手机端结束登录')
    return ok({})
  }),
  CloseConnent: onClient((state, client) => {
    state.clients.delete(client.uuid)
    return ok({})
  }),
}

function logIn(state: State, client: Client): void {
  client.isLogin = true
  client.qrKey = ''
  state.known.add(client.vid)
  void notify(client, { type: 104_000, json: { reason: '登录成功', time: Date.now() } })
}

const profileOf = ({ vid, isLogin }: Client) =>
  isLogin ? { nickname: `客服${vid.slice(-4)}`, corp_name: '研仪联', mobile: '13800138000' } : {}

const oldStatus = (client: Client) => ({
  loginType: client.isLogin ? 2 : 1,
  user_info: { isLogin: client.isLogin, userid: client.isLogin ? client.vid : '', object: profileOf(client) },
  uuid: client.uuid,
})

const newStatus = (client: Client) => ({
  longLinkState: client.isLogin ? 'CONNECTED' : 'CLOSED',
  userInfo: client.isLogin ? { userId: client.vid, ...profileOf(client) } : null,
  uuid: client.uuid,
})

/** Pages of `limit`; `strSeq` says where the next begins. */
function contactsOf(kind: string, { limit, strSeq }: Body): SandboxAnswer {
  const from = Number(strSeq) || 0
  const to = Math.min(from + (Number(limit) || 10), CONTACTS)
  const list = Array.from({ length: Math.max(0, to - from) }, (_, i) => ({
    user_id: String(from + i + 1),
    nickname: `${kind}${from + i + 1}`,
  }))
  return ok({ list, strSeq: to < CONTACTS ? String(to) : '' })
}
