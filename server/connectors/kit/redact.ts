const MASK = '***'
const MAX_TEXT_CHARS = 2_000
const MAX_BODY_CHARS = 16_000

const SECRET_KEY = /secret|passw|pwd|token|session_?key|js_?code|cookie|authorization|captcha|phone_?number/i
/** Begins only where a word does: from every letter of a long word it would look to the word's end. */
const SECRET_PAIR = new RegExp(`(?<![\\w-])([\\w-]*(?:${SECRET_KEY.source})[\\w-]*|code)=[^&\\s"'<>]+`, 'gi')
const BINARY = /^(image|audio|video|font)\/|octet-stream|pdf|zip/i
const STATUS_CODE = /^-?\d{1,5}$/

/** A request's `code` is a credential; an answer's is mostly a status, which the log needs. */
type Side = 'request' | 'answer'

interface SentParts {
  query?: object
  json?: unknown
  form?: object
  body?: string | Uint8Array
}

/**
 * What was sent, fit for the log: `{ query?, body? }` with secrets masked by key at any depth, each of them the beginning
 * of its text where it is long; null where it was nothing.
 */
export function redactRequest({ query, json, form, body }: SentParts): unknown {
  const sent = json ?? form ?? (typeof body === 'string' ? jsonOrText(body) : body)
  if (query === undefined && sent === undefined) return null
  return { ...(query ? { query: redactValue(query) } : {}), ...(sent === undefined ? {} : { body: redactValue(sent) }) }
}

/** What came back, masked the same way; content that is no text comes as `binary`, for the log's files. */
export function redactAnswer(bytes: Buffer, contentType: string): { responseBody: unknown; binary: Buffer | null } {
  if (BINARY.test(contentType)) return { responseBody: null, binary: bytes }
  return { responseBody: redact(jsonOrText(bytes.toString('utf8')), 'answer'), binary: null }
}

/** One value of a record, masked as what was sent; a long one as the beginning of its text. */
export const redactValue = (value: unknown): unknown => redact(value, 'request')

/** A sentence of a partner's, fit for the log. */
export const redactText = (text: string): string => mask(text, 'answer') as string

function redact(value: unknown, side: Side): unknown {
  const masked = mask(value, side)
  const text = JSON.stringify(masked) ?? ''
  return text.length > MAX_BODY_CHARS ? cut(text, MAX_BODY_CHARS) : masked
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function mask(value: unknown, side: Side): unknown {
  // Cut first: a pair of which only the beginning is left is masked all the same.
  if (typeof value === 'string') return cut(value, MAX_TEXT_CHARS).replace(SECRET_PAIR, `$1=${MASK}`)
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  if (Array.isArray(value)) return value.map((item) => mask(item, side))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, isSecret(key, item, side) ? MASK : mask(item, side)]))
}

function isSecret(key: string, value: unknown, side: Side): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false
  if (key.toLowerCase() === 'code') return side === 'request' || !STATUS_CODE.test(String(value))
  return SECRET_KEY.test(key)
}

function cut(text: string, maxChars: number): string {
  return text.length > maxChars ? `${text.slice(0, maxChars)}… (${text.length} characters)` : text
}
