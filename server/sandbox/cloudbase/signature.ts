import { createHash, createHmac } from 'node:crypto'
import type { SandboxRequest } from '../kit'

const MAX_AGE_SECONDS = 600
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/([\d-]+)\/tcb\/tc3_request, SignedParams=([^,]*), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (text: string, key: string | Buffer) => createHmac('sha256', key).update(text)
const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

interface Signed {
  request: SandboxRequest
  params: Record<string, unknown>
  secretId: string
  secretKey: string
}

/** Checks a request as CloudBase does (TC3 over its headers and parameters). @returns what is wrong, or null */
export function faultOfSignature({ request, params, secretId, secretKey }: Signed): string | null {
  const [, id, date, signedParams, signedHeaders, signature] =
    AUTHORIZATION.exec(String(request.headers.authorization)) ?? []
  if (!signature) return 'no signature'
  if (id !== secretId) return 'unknown secretId'
  const timestamp = Number(request.headers['x-timestamp'])
  if (!(Math.abs(Date.now() / 1000 - timestamp) < MAX_AGE_SECONDS)) return 'the signature has expired'
  const headers = signedHeaders!.split(';').map((name) => `${name}:${headerOf(request, name)}`)
  const search = new URLSearchParams(request.query).toString()
  const host = String(request.headers.host)
  const canonical = [
    request.method.toLowerCase(),
    `//${host}${request.path}`,
    search,
    `${headers.join('\n')}\n`,
    signedHeaders,
    digestOf(params, signedParams!.split(';')),
  ].join('\n')
  const scope = `${date}/tcb/tc3_request`
  const toSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n')
  const key = ['tcb', 'tc3_request'].reduce(
    (last, part) => hmac(part, last).digest(),
    hmac(date!, `TC3${secretKey}`).digest(),
  )
  return hmac(toSign, key).digest('hex') === signature ? null : 'the signature does not fit'
}

function headerOf({ headers }: SandboxRequest, name: string): string {
  const value = String(headers[name] ?? '').trim()
  if (name !== 'content-type') return value.toLowerCase()
  return value.startsWith('multipart/form-data') ? 'multipart/form-data' : value
}

/** Parameters in the order they were signed in, by their names in small letters. */
function digestOf(params: Record<string, unknown>, names: string[]): string {
  const byName = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]))
  const hash = createHash('sha256')
  for (const name of names) {
    const value = byName.get(name)
    hash.update(`&${name}=`)
    hash.update(Buffer.isBuffer(value) ? value : asText(value).trim())
    hash.update('\r\n')
  }
  return hash.digest('hex')
}
