import { randomInt } from 'node:crypto'
import sharp from 'sharp'
import svgCaptcha from 'svg-captcha'

export type CaptchaKind = 'characters' | 'arithmetic' | 'gif'

export interface DrawnCaptcha {
  image: Buffer
  mime: string
  answer: string
}

const SIZE = { width: 150, height: 50 }
const FRAMES = 5
const NOISE_LINES = 1
const FADED = 0.75

/** A captcha as real sites draw them: four characters, a sum, or characters that fade in and out of an animation. */
export async function drawCaptcha(kind: CaptchaKind): Promise<DrawnCaptcha> {
  if (kind === 'gif') return drawAnimation()
  const { data, text } =
    kind === 'arithmetic'
      ? svgCaptcha.createMathExpr({ ...SIZE, noise: NOISE_LINES, mathMin: 1, mathMax: 9, mathOperator: '+' })
      : svgCaptcha.create({
          ...SIZE,
          size: 4,
          noise: NOISE_LINES,
          color: true,
          background: '#ffffff',
          ignoreChars: '0o1iIlO',
        })
  return { image: await raster(data), mime: 'image/png', answer: text }
}

/** Frames of one text: each has noise of its own, and one character of it is nearly gone. */
async function drawAnimation(): Promise<DrawnCaptcha> {
  const { data, text } = svgCaptcha.create({ ...SIZE, size: 4, noise: 0, ignoreChars: '0o1iIlO' })
  const base = await greyPixels(data)
  const frames = Array.from({ length: FRAMES }, (_, index) => fade(base, index % text.length, text.length))
  const strip = Buffer.concat(frames)
  const image = await sharp(strip, {
    raw: { width: SIZE.width, height: SIZE.height * FRAMES, channels: 1, pageHeight: SIZE.height },
  })
    .gif({ delay: Array<number>(FRAMES).fill(120), loop: 0 })
    .toBuffer()
  return { image, mime: 'image/gif', answer: text }
}

function fade(base: Buffer, character: number, count: number): Buffer {
  const frame = Buffer.from(base)
  const slot = SIZE.width / count
  for (let index = 0; index < frame.length; index++) {
    const isFaded = Math.floor((index % SIZE.width) / slot) === character
    if (isFaded) frame[index] = Math.round(255 - (255 - frame[index]!) * (1 - FADED))
    if (randomInt(100) === 0) frame[index] = Math.min(frame[index]!, 190 + randomInt(60))
  }
  return frame
}

const raster = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg)).flatten({ background: '#fff' }).resize(SIZE.width, SIZE.height).png().toBuffer()

const greyPixels = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .resize(SIZE.width, SIZE.height)
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer()
