import sharp, { type Metadata, type OutputInfo } from 'sharp'
import { Mutex } from '../../mutex'
import type { FileStorage } from './storage'

/** The largest photos of phones have 108 million. */
const MAX_PIXELS = 120_000_000
/** For one picture at its highest: what an idle process leaves of 512 MB, less what else is going on. */
const MAX_HELD_BYTES = 160 * 1024 * 1024
/** Rows that shrinking row by row keeps at a time, measured. */
const ROWS_AT_ONCE = 1600
const HELD_WHOLE = new Set(['gif', 'webp'])

export interface Picture {
  /** Raw pixels, as `info` says. */
  data: Buffer
  info: OutputInfo
}

/** A small file can declare billions of pixels: whoever decodes it pays. */
export async function isDecodable(localPath: string): Promise<boolean> {
  const metadata = await sharp(localPath).metadata()
  const { width, height, pages = 1 } = metadata
  return width * height * pages <= MAX_PIXELS && heldBytes(metadata) <= MAX_HELD_BYTES
}

/** What comes in passes over the whole picture (interlaced, progressive) is in memory as a whole. */
function heldBytes({ format, width, height, isProgressive, ...colours }: Metadata): number {
  const whole = isProgressive || HELD_WHOLE.has(format)
  return width * Math.max(ROWS_AT_ONCE, whole ? height : 0) * bytesPerPixel(format, colours)
}

/** libjpeg keeps two bytes of every coefficient, and colours mostly at half the width and height. */
function bytesPerPixel(format: string, { channels, depth, chromaSubsampling }: Partial<Metadata>): number {
  if (format === 'jpeg') return chromaSubsampling === '4:2:0' ? 3 : 2 * channels!
  return channels! * (depth === 'ushort' ? 2 : 1)
}

/** The one place where pictures people sent are decoded: one at a time in this process. */
export function createDecoder(storage: FileStorage) {
  const turn = new Mutex()
  // Would keep the last picture, decoded, until the next one is.
  sharp.cache(false)

  async function shrink(localPath: string, edge: number): Promise<Picture> {
    if (!(await isDecodable(localPath))) throw new Error('a picture too large to decode')
    return sharp(localPath, { limitInputPixels: MAX_PIXELS })
      .rotate()
      .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .raw()
      .toBuffer({ resolveWithObject: true })
  }

  return {
    /** Writes beside a picture what `draw` makes of it at `edge` pixels at most. @returns false when it cannot be decoded */
    async derive(
      { from, to, edge }: { from: string; to: string; edge: number },
      draw: (picture: Picture) => Promise<Buffer>,
    ): Promise<boolean> {
      const source = await storage.local(from)
      const done = await turn.acquire()
      try {
        await storage.write(to, await draw(await shrink(source.path, edge)))
        return true
      } catch {
        return false
      } finally {
        done()
        await source.release()
      }
    },
  }
}

export type Decoder = ReturnType<typeof createDecoder>

/** A decoded picture for further drawing. */
export const opened = ({ data, info: { width, height, channels } }: Picture) =>
  sharp(data, { raw: { width, height, channels } })
