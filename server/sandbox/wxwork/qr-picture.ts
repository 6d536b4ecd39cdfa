import { createHash } from 'node:crypto'
import sharp from 'sharp'

const MODULES = 29
const FINDER = 7
const SCALE = 8

/** Whether a module belongs to one of the three squares in the corners, and is dark there. */
function finder(x: number, y: number): boolean | null {
  const inCorner = (at: number) => (at < FINDER ? at : at >= MODULES - FINDER ? at - MODULES + FINDER : -1)
  const [column, row] = [inCorner(x), inCorner(y)]
  if (column < 0 || row < 0 || (x >= FINDER && y >= FINDER)) return null
  const ring = Math.min(column, row, FINDER - 1 - column, FINDER - 1 - row)
  return ring !== 1
}

/** What looks like a QR code, as the base64 of a PNG; no phone can read it. */
export async function drawQr(key: string): Promise<string> {
  const bits = createHash('shake256', { outputLength: MODULES * MODULES })
    .update(key)
    .digest()
  const pixels = bits.map((byte, index) => {
    const dark = finder(index % MODULES, Math.floor(index / MODULES)) ?? byte < 128
    return dark ? 0 : 255
  })
  const raw = { width: MODULES, height: MODULES, channels: 1 } as const
  const picture = await sharp(pixels, { raw })
    .resize(MODULES * SCALE, MODULES * SCALE, { kernel: 'nearest' })
    .png()
    .toBuffer()
  return picture.toString('base64')
}
