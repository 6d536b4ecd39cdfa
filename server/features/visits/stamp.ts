import sharp from 'sharp'
import { type Decoder, opened } from '../files/decode'

const MAX_EDGE_PIXELS = 1920

/** The font is shipped: a server without any would draw nothing. */
const fontFile = () => require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')

/** Writes a copy of a photo with the lines drawn onto its lower edge. @returns false when it cannot be decoded */
export const stampPhoto = (decoder: Decoder, from: string, to: string, lines: string[]): Promise<boolean> =>
  decoder.derive({ from, to, edge: MAX_EDGE_PIXELS }, async (photo) => {
    const label = await drawLabel(lines, photo.info.width, photo.info.height)
    return opened(photo)
      .composite([{ input: label, gravity: 'southwest' }])
      .jpeg({ quality: 85 })
      .toBuffer()
  })

/** White text on a dark band, never larger than the photo. */
async function drawLabel(lines: string[], width: number, height: number): Promise<Buffer> {
  const size = Math.max(8, Math.round(width / 40))
  const text = await sharp({
    text: {
      text: `<span foreground="white">${lines.join('\n')}</span>`,
      font: `DejaVu Sans Bold ${size}`,
      fontfile: fontFile(),
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true })
  const margin = Math.round(size / 2)
  const band = {
    width: Math.min(width, text.info.width + 2 * margin),
    height: Math.min(height, text.info.height + 2 * margin),
  }
  const fitted = await sharp(text.data)
    .resize(Math.max(1, band.width - 2 * margin), Math.max(1, band.height - 2 * margin), { fit: 'inside' })
    .toBuffer()
  return sharp({ create: { ...band, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.55 } } })
    .composite([{ input: fitted }])
    .png()
    .toBuffer()
}
