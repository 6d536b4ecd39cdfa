import sharp from 'sharp'
import type { FileStorage } from './storage'

const EDGE_PIXELS = 360
const MAX_PIXELS = 100_000_000

/** Writes a small JPEG beside an image. @returns false when the content cannot be decoded */
export async function renderThumbnail(storage: FileStorage, from: string, to: string): Promise<boolean> {
  const source = await storage.local(from)
  try {
    const small = await sharp(source.path, { limitInputPixels: MAX_PIXELS })
      .rotate()
      .resize(EDGE_PIXELS, EDGE_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .jpeg({ quality: 78 })
      .toBuffer()
    await storage.write(to, small)
    return true
  } catch {
    return false
  } finally {
    await source.release()
  }
}
