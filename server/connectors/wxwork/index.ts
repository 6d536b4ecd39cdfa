import type { z } from 'zod'
import type { CircuitFacts, CircuitName, ConnectorLog, HttpClient, HttpResponse } from '../kit/http'
import { redactText } from '../kit/redact'
import { UpstreamError } from '../kit/upstream-error'
import { PAGE_CLOSED, pathOf, REPEATABLE, UPSTREAM, type WxworkAction } from './constants'
import { contactsData, gatewayAnswer, initData, qrData, type RunStatus, runClientData, runningClients } from './schema'

export interface InitOptions {
  /** Of an account that logged in before; empty for a first login. */
  vid: string
  ip: string
  port: string
  proxyType: string
  userName: string
  passward: string
  proxySituation: number
  deverType: string
}

export interface TextMessage {
  uuid: string
  kfId: number
  /** A person's or a room's id. */
  to: string
  isRoom: boolean
  content: string
}

/** What the gateway answered, whole, for the administrators' console. */
export interface Raw {
  raw: unknown
}
export interface RunClient {
  status: RunStatus
  /** Empty while nobody is logged in. */
  vid: string
  nickname: string
  corpName: string
}
/** Address, picture (a data URL, or empty), and the key that a code is checked with. */
export type QrCode = z.output<typeof qrData>

/** What a request looks like on the wire, for the console's echo. */
export const textRequest = ({ uuid, kfId, to, isRoom, content }: TextMessage) => ({
  uuid,
  kf_id: kfId,
  send_userid: to,
  isRoom,
  content,
})

/**
 * The Enterprise-WeChat gateway (wxwork-gateway.md), in both of its dialects. All functions throw UpstreamError;
 * `rejected` carries `detail.raw`, the answer that says no.
 */
export function createWxwork({ http, log }: { http: HttpClient; log: ConnectorLog }) {
  async function call(action: WxworkAction, body: object): Promise<{ data: unknown; raw: unknown }> {
    const response = await http.request({
      method: 'POST',
      path: pathOf(action),
      json: body,
      retry: REPEATABLE.has(action) ? 'safe' : 'never',
      faultIn,
    })
    if (response.status >= 300)
      throw new UpstreamError(UPSTREAM, 'rejected', {
        detail: { reason: 'status', status: response.status, raw: null },
      })
    const { errcode, errmsg, data } = response.parse(gatewayAnswer)
    const raw = response.json()
    if (errcode === 0) return { data, raw }
    log.warn({ upstream: UPSTREAM, action, errcode, errmsg: redactText(errmsg) }, 'gateway refused')
    const reason = JSON.stringify(raw).includes(PAGE_CLOSED) ? 'page-closed' : 'errcode'
    throw new UpstreamError(UPSTREAM, 'rejected', { detail: { reason, errcode, raw } })
  }
  const plain = async (action: WxworkAction, body: object): Promise<Raw> => ({ raw: (await call(action, body)).raw })
  const contacts = async (action: WxworkAction, body: { uuid: string; limit: number; strSeq: string }) => {
    const { data, raw } = await call(action, body)
    return { ...read(contactsData, data, raw), raw }
  }

  return {
    /** Opens a client at the gateway. */
    async init(options: InitOptions): Promise<{ uuid: string; isLogin: boolean } & Raw> {
      const { data, raw } = await call('init', options)
      const opened = read(initData, data, raw)
      if (opened.uuid === '') throw unreadable('no-uuid', raw)
      return { ...opened, raw }
    },
    setCallbackUrl: (uuid: string, url: string): Promise<Raw> => plain('SetCallbackUrl', { uuid, url }),
    /** A new QR code; asking for many in a row gets accounts frozen. */
    async getQrCode(uuid: string): Promise<QrCode & Raw> {
      const { data, raw } = await call('getQrCode', { uuid })
      return { ...read(qrData, data, raw), raw }
    },
    /** `detail.reason` is `page-closed` where the phone closed its page: start over. */
    checkCode: (request: { uuid: string; qrcodeKey: string; code: string }): Promise<Raw> =>
      plain('CheckCode', request),
    /** Only after `init` with the vid of an account that logged in before. */
    automaticLogin: (uuid: string): Promise<Raw> => plain('automaticLogin', { uuid }),
    async getRunClient(): Promise<{ clients: { vid: string; uuid: string; isLogin: boolean }[] } & Raw> {
      const { data, raw } = await call('GetRunClient', {})
      return { clients: runningClients(data), raw }
    },
    async getRunClientByUuid(uuid: string): Promise<RunClient & Raw> {
      const { data, raw } = await call('GetRunClientByUuid', { uuid })
      return { ...read(runClientData, data, raw), raw }
    },
    /** Once: a lost answer is an unknown outcome. */
    sendText: (message: TextMessage): Promise<Raw> => plain('SendTextMsg', textRequest(message)),
    innerContacts: (request: { uuid: string; limit: number; strSeq: string }) => contacts('GetInnerContacts', request),
    externalContacts: (request: { uuid: string; limit: number; strSeq: string }) =>
      contacts('GetExternalContacts', request),
    loginOut: (uuid: string): Promise<Raw> => plain('LoginOut', { uuid }),
    closeConnection: (uuid: string): Promise<Raw> => plain('CloseConnent', { uuid }),
    /** For `/readyz`. */
    state: (): { circuit: CircuitName } => ({ circuit: http.state() }),
    facts: (): CircuitFacts => http.facts(),
    close: () => http.close(),
  }
}

export type Wxwork = ReturnType<typeof createWxwork>

function read<T extends z.ZodType>(schema: T, data: unknown, raw: unknown): z.output<T> {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  throw unreadable('unexpected-shape', raw, parsed.error)
}

const unreadable = (reason: string, raw: unknown, cause?: unknown) =>
  new UpstreamError(UPSTREAM, 'bad-response', { cause, detail: { reason, raw } })

/** For the call record: the gateway says no with HTTP 200. */
function faultIn(response: HttpResponse): string | null {
  if (response.status >= 300) return `status ${response.status}`
  const { errcode } = response.parse(gatewayAnswer)
  return errcode === 0 ? null : `errcode ${errcode}`
}
