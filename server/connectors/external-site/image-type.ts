const SIGNATURES: [mime: string, bytes: string][] = [
  ['image/png', '89504e47'],
  ['image/jpeg', 'ffd8ff'],
  ['image/gif', '474946'],
  ['image/webp', '52494646'],
  ['image/bmp', '424d'],
]

/** Type of a captcha image by its content; null where it is none, for example a login page. */
export function mimeOf(image: Buffer): string | null {
  const start = image.subarray(0, 4).toString('hex')
  const found = SIGNATURES.find(([, bytes]) => start.startsWith(bytes))
  if (found) return found[0]
  return /^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/.test(image.subarray(0, 300).toString('utf8')) ? 'image/svg+xml' : null
}
