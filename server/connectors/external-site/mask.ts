const MASK = '***'
const MAX_IMAGE_TEXT = 200
/** Shorter secrets are told by the field they stand in: a captcha's `7` stands in every second answer. */
const MIN_SECRET_CHARS = 4

/**
 * Masks in a call record what the kit cannot know by name: fields a profile calls otherwise, and the secrets themselves
 * wherever they appear. Long base64 texts are images and are cut.
 */
export function maskSecrets(value: unknown, { secrets, fields }: { secrets: string[]; fields: string[] }): unknown {
  const spellings = secrets
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
  const names = new Set(fields.filter((name) => name !== '').map((name) => name.toLowerCase()))

  function mask(item: unknown): unknown {
    if (typeof item === 'string') return cut(spellings.reduce((text, secret) => text.replaceAll(secret, MASK), item))
    if (Array.isArray(item)) return item.map(mask)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(
      Object.entries(item).map(([key, child]) => [key, names.has(key.toLowerCase()) && child ? MASK : mask(child)]),
    )
  }
  return mask(value)
}

const cut = (text: string): string =>
  text.length > MAX_IMAGE_TEXT && /^(data:[\w/+.-]+;base64,)?[\w+/=]+… \(\d+ characters\)$|^[\w+/=]+$/.test(text)
    ? `<${text.length} characters of base64>`
    : text
