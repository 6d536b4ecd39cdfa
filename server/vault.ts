import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const VERSION = 'v1'
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_CHARS = 8

/**
 * Encrypts what must be readable again: passwords, cookies, tokens. Sealed text is `v1.<key id>.<base64url>`.
 * `purpose` names the row and column it belongs to and must be the same for opening: a sealed value copied to another
 * row does not open there.
 */
export interface Vault {
  keyId: string
  seal(plain: string, purpose: string): string
  /** @throws Error where the key is unknown, or the text was altered or belongs elsewhere */
  open(sealed: string, purpose: string): string
  /** Whether this was sealed with the present key. */
  isCurrent(sealed: string): boolean
  /** Whether this was sealed with a key that is known here; it may still not open. */
  isKnown(sealed: string): boolean
}

/** `previous` opens what was sealed before the key was changed; nothing new is sealed with it. */
export function createVault(keys: { current: Buffer; previous?: Buffer | null }): Vault {
  const known = new Map([keys.previous, keys.current].flatMap((key) => (key ? [[keyIdOf(key), key] as const] : [])))
  const keyId = keyIdOf(keys.current)
  return {
    keyId,
    seal(plain, purpose) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(ALGORITHM, keys.current, iv).setAAD(Buffer.from(purpose))
      const content = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${keyId}.${content.toString('base64url')}`
    },
    open(sealed, purpose) {
      const [version, id, text] = sealed.split('.')
      const key = known.get(id ?? '')
      if (version !== VERSION || !text) throw new Error('not a sealed value')
      if (!key) throw new Error(`sealed with the unknown key ${id}; is DATA_KEY_PREVIOUS set?`)
      const content = Buffer.from(text, 'base64url')
      const decipher = createDecipheriv(ALGORITHM, key, content.subarray(0, IV_BYTES)).setAAD(Buffer.from(purpose))
      decipher.setAuthTag(content.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(content.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
    isCurrent: (sealed) => sealed.startsWith(`${VERSION}.${keyId}.`),
    isKnown: (sealed) => known.has(sealed.split('.')[1] ?? ''),
  }
}

const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('key id').update(key).digest('hex').slice(0, KEY_ID_CHARS)
