import sharp from 'sharp'

const INPUT_HEIGHT = 64
const MAX_INPUT_WIDTH = 2048
const MAX_PIXELS = 4_000_000
const MAX_FRAMES = 60

export interface ModelInput {
  data: Float32Array
  width: number
  height: number
}

/** A captcha image (PNG, JPEG, GIF, SVG …) as the models want it: grey on white, 64 high, −1 … 1. */
export async function readInput(image: Uint8Array): Promise<ModelInput> {
  const { pixels, width, height } = await flatten(image)
  const scaled = Math.max(1, Math.min(MAX_INPUT_WIDTH, Math.round((width * INPUT_HEIGHT) / height)))
  const resized = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(scaled, INPUT_HEIGHT, { fit: 'fill', kernel: 'lanczos3' })
    .greyscale()
    .raw()
    .toBuffer()
  const data = Float32Array.from(resized, (value) => (value / 255 - 0.5) / 0.5)
  return { data, width: scaled, height: INPUT_HEIGHT }
}

/** One grey picture. Of an animation the darkest value of each pixel: what fades in and out is all there at once. */
async function flatten(image: Uint8Array) {
  const options = { limitInputPixels: MAX_PIXELS, pages: -1 }
  const { pages = 1, pageHeight } = await sharp(image, options).metadata()
  if (pages > MAX_FRAMES) throw new Error(`animation of ${pages} frames`)
  const { data, info } = await sharp(image, options)
    .flatten({ background: '#fff' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const height = pages > 1 && pageHeight ? pageHeight : info.height
  const size = info.width * height
  const pixels = Buffer.alloc(size, 255)
  for (let index = 0; index < info.width * info.height; index++) {
    const value = data[index * info.channels]!
    if (value < pixels[index % size]!) pixels[index % size] = value
  }
  return { pixels, width: info.width, height }
}
