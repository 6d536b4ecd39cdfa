import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CLOUD_ANSWER_BYTES, CLOUD_HEADERS, type CloudAnswer, cloudSigningText } from '../../types/cloud'

/** A fault that the caller is told of in these words. */
export class FunctionFault extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

export interface ServerAccess {
  /** `SERVER_URL` */
  url: string
  /** `CLOUD_SHARED_SECRET` */
  secret: string
}

export type Environment = Record<string, string | undefined>

const MIN_SECRET_LENGTH = 32
const PASSED_ON = ['content-type', 'retry-after', 'x-trace-id']

/** @throws FunctionFault naming what is missing */
export function readAccess(env: Environment): ServerAccess {
  const url = env.SERVER_URL?.trim().replace(/\/+$/, '') ?? ''
  const secret = env.CLOUD_SHARED_SECRET?.trim() ?? ''
  const missing = [url ? '' : 'SERVER_URL', secret ? '' : 'CLOUD_SHARED_SECRET'].filter(Boolean)
  if (missing.length > 0) throw new FunctionFault(500, `云函数缺少环境变量：${missing.join('、')}`)
  if (!/^https?:\/\/[^/\s]+/.test(url)) throw new FunctionFault(500, '云函数的环境变量 SERVER_URL 不是有效的地址')
  if (secret.length < MIN_SECRET_LENGTH)
    throw new FunctionFault(500, `云函数的环境变量 CLOUD_SHARED_SECRET 至少需要 ${MIN_SECRET_LENGTH} 个字符`)
  return { url, secret }
}

/** Sends a signed `POST /internal/cloud/<name>`. @throws FunctionFault when the server cannot be reached */
export async function callServer(
  { url, secret }: ServerAccess,
  name: string,
  { body, timeoutMs }: { body: unknown; timeoutMs: number },
): Promise<CloudAnswer> {
  const path = `/internal/cloud/${name}`
  const text = JSON.stringify(body)
  const signed = {
    method: 'POST',
    path,
    timestamp: String(Date.now()),
    nonce: randomBytes(16).toString('hex'),
    bodyDigest: createHash('sha256').update(text).digest('hex'),
  }
  const headers = {
    'content-type': 'application/json',
    [CLOUD_HEADERS.timestamp]: signed.timestamp,
    [CLOUD_HEADERS.nonce]: signed.nonce,
    [CLOUD_HEADERS.signature]: createHmac('sha256', secret).update(cloudSigningText(signed)).digest('hex'),
  }
  return reaching(async () => {
    const signal = AbortSignal.timeout(timeoutMs)
    return readAnswer(await fetch(url + path, { method: 'POST', headers, body: text, signal, redirect: 'error' }))
  })
}

/** The content behind a signed link. @throws FunctionFault */
export function fetchFromServer(
  { url }: ServerAccess,
  path: string,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<Buffer> {
  return reaching(async () => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
    if (!response.ok) throw new FunctionFault(response.status, '文件不存在或链接已过期，请刷新页面')
    if (Number(response.headers.get('content-length')) > maxBytes) throw new FunctionFault(413, '文件过大')
    return Buffer.from(await response.arrayBuffer())
  })
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FunctionFault) throw error
    if ((error as Error).name === 'TimeoutError') throw new FunctionFault(504, '服务器响应超时，请稍后重试')
    // eslint-disable-next-line no-console -- the log of a function is its output
    console.error('server unreachable', (error as Error).cause ?? error)
    throw new FunctionFault(502, '云函数无法连接服务器，请稍后重试')
  }
}

async function readAnswer(response: Response): Promise<CloudAnswer> {
  const text = await response.text()
  if (Buffer.byteLength(text) > CLOUD_ANSWER_BYTES) throw new FunctionFault(502, '返回的内容超过 1MB，请缩小查询范围')
  const header = Object.fromEntries(PASSED_ON.flatMap((name) => pair(name, response.headers.get(name))))
  return { statusCode: response.status, header, data: parse(text) }
}

const pair = (name: string, value: string | null) => (value === null ? [] : [[name, value]])

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FunctionFault(502, '服务器返回的内容无法识别')
  }
}

/** The answer to a fault, in the envelope of `/api/v1`. */
export function faultAnswer(error: unknown): CloudAnswer {
  const known = error instanceof FunctionFault
  // eslint-disable-next-line no-console -- the log of a function is its output
  if (!known) console.error(error)
  const statusCode = known ? error.status : 500
  const message = known ? error.message : '云函数内部错误'
  return { statusCode, header: {}, data: { code: statusCode, message, data: null } }
}
