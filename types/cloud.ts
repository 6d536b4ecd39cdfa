/** What the cloud functions, the mini-program's cloud transport and the server's `/internal/cloud` agree on. */

/** Headers of a signed call; the signature is hex HMAC-SHA256 over `cloudSigningText` with `CLOUD_SHARED_SECRET`. */
export const CLOUD_HEADERS = {
  /** Epoch milliseconds. */
  timestamp: 'x-cloud-timestamp',
  /** 32 hexadecimal digits, never used twice. */
  nonce: 'x-cloud-nonce',
  signature: 'x-cloud-signature',
} as const

export interface CloudSigned {
  method: string
  path: string
  timestamp: string
  nonce: string
  /** Hex SHA-256 of the body as sent. */
  bodyDigest: string
}

export const cloudSigningText = ({ method, path, timestamp, nonce, bodyDigest }: CloudSigned): string =>
  [method.toUpperCase(), path, timestamp, nonce, bodyDigest].join('\n')

/** Who is calling, as WeChat told the function; never as the caller said. */
export interface CloudCaller {
  openid: string
  unionid?: string
  /** The phone's network address, where known. */
  address?: string
}

/** A file in cloud storage, uploaded by the mini-program below `CLOUD_INCOMING`. */
export interface CloudFile {
  fileID: string
  name: string
}

/** `POST /internal/cloud/forward`: a call of the mini-program, carried by `gateway` or `storage`. */
export interface CloudForward {
  caller: CloudCaller
  method: CloudMethod
  path: string
  query?: Record<string, string>
  authorization?: string
  idempotencyKey?: string
  /** The JSON body, or the fields beside the file. */
  data?: unknown
  /** A body too large for the arguments of a function, as a JSON file. */
  dataFile?: string
  /** Stands in for the file of a multipart body. */
  file?: CloudFile
}

export const CLOUD_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type CloudMethod = (typeof CLOUD_METHODS)[number]

/** What the mini-program hands to `wx.cloud.callFunction`; an identity in it counts for nothing. */
export type CloudCall = Omit<CloudForward, 'caller'>

/** What comes back, as `wx.request` would give it. */
export interface CloudAnswer {
  statusCode: number
  header: Record<string, string>
  data: unknown
}

/** The login needs no code here: it is answered by `POST /internal/cloud/login`. */
export const CLOUD_LOGIN_PATH = '/api/v1/wechat/login'

const OPEN = ['/api/v1', '/auth', '/homecare']
/** The office's own routes, but for the two a dispatcher uses on the phone. */
const CLOSED = ['/api/v1/admin']
const DISPATCHERS = ['/api/v1/admin/staff', '/api/v1/admin/visits']
const PLAIN_PATH = /^(?:\/[\w-]+)+$/

/** The paths the mini-program uses; everything else stays behind the server's own door. */
export function isCloudPath(path: string): boolean {
  // Routes are found in any spelling.
  const spelled = path.toLowerCase()
  const isBelow = (prefix: string) => spelled === prefix || spelled.startsWith(`${prefix}/`)
  if (!PLAIN_PATH.test(path) || !OPEN.some(isBelow)) return false
  return !CLOSED.some(isBelow) || DISPATCHERS.some(isBelow)
}

/** WeChat takes this much in the arguments of a function. */
export const CLOUD_ARGUMENT_BYTES = 100 * 1024
/** And gives this much back. */
export const CLOUD_ANSWER_BYTES = 1024 * 1024

/** Folder of cloud storage the mini-program uploads to; nothing outside it is taken in. */
export const CLOUD_INCOMING = 'incoming/'

/** Folder the phone downloads from; what lies there may be removed after a day. */
export const CLOUD_OUTGOING = 'outgoing/'

/** A subscribe message waiting for `notify`. */
export interface CloudMessage {
  id: string
  openid: string
  templateId: string
  /** Template field (`thing1`) → text. */
  fields: Record<string, string>
  page?: string
}

/** How it ended; `errcode` and `error` are WeChat's. */
export interface CloudMessageResult {
  id: string
  ok: boolean
  errcode?: number
  error?: string
}
