import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../errors/app-error'

export const FILE_VARIANTS = ['original', 'thumbnail', 'stamped'] as const
export type FileVariant = (typeof FILE_VARIANTS)[number]

/** Longer than the 24 h in which an answer that holds a link may be repeated. */
const LIFETIME_SECONDS = 25 * 3600
const HOUR_SECONDS = 3600

/** Signed links to files: whoever holds one may read that file until it expires. */
export function createFileLinks(deps: { secret: string; publicUrl: string; now: () => Date }) {
  const key = createHmac('sha256', deps.secret).update('file-links').digest()
  const sign = (id: string, variant: FileVariant, exp: number) =>
    createHmac('sha256', key).update(`${id}\n${variant}\n${exp}`).digest('base64url')

  return {
    /** Stable within the hour, so that a phone's cache can hold the picture. */
    link(id: string, variant: FileVariant = 'original'): string {
      const seconds = Math.floor(deps.now().getTime() / 1000) + LIFETIME_SECONDS
      const exp = Math.ceil(seconds / HOUR_SECONDS) * HOUR_SECONDS
      const query = variant === 'original' ? '' : `v=${variant}&`
      return `${deps.publicUrl}/api/v1/files/${id}?${query}exp=${exp}&sig=${sign(id, variant, exp)}`
    },
    /** @throws AppError FORBIDDEN when the signature is not ours or is no longer valid */
    verify(id: string, variant: FileVariant, exp: number, signature: string): void {
      const given = Buffer.from(signature)
      const expected = Buffer.from(sign(id, variant, exp))
      const genuine = given.length === expected.length && timingSafeEqual(given, expected)
      if (!genuine) throw new AppError('FORBIDDEN', { message: '文件链接无效' })
      if (exp * 1000 < deps.now().getTime()) throw new AppError('FORBIDDEN', { message: '文件链接已过期，请刷新页面' })
    },
  }
}

export type FileLinks = ReturnType<typeof createFileLinks>
