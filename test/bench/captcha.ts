import { createLocalDecoder } from '../../server/connectors/captcha/local'
import { type CaptchaKind, drawCaptcha } from '../../server/sandbox/external-site/captcha-image'

/** How well one kind of the sandbox's captchas is read. */
export interface CaptchaRow {
  kind: CaptchaKind
  images: number
  /** Read right, 0 … 1. */
  accuracy: number
  /** Images sure enough for a first try, and how many of those are right. */
  kept: number
  keptAccuracy: number
  msPerImage: number
  /** Logins of `runs` that got through within five captchas. */
  runs: number
  loginsWithinFive: number
}

const KINDS: CaptchaKind[] = ['characters', 'arithmetic', 'gif']
/** As the keeper takes them: the first tries are choosy, the last ones take what they get. */
const MIN_MARGINS = [1.6, 1.6, 0.8, 0, 0]
const GATE = 1.6

/** Decoder accuracy over the sandbox's own images; null where the optional packages are missing. */
export async function captchaRows({ images = 200, runs = 200 } = {}): Promise<CaptchaRow[] | null> {
  const decoder = createLocalDecoder()
  if (!decoder) return null
  const read = async (kind: CaptchaKind) => {
    const { image, answer } = await drawCaptcha(kind)
    const spec = { kind: kind === 'arithmetic' ? ('arithmetic' as const) : ('characters' as const), length: 4 }
    const reading = await decoder.read(image, spec)
    return { right: reading?.answer === answer.toLowerCase(), margin: reading?.margin ?? -Infinity }
  }
  const logsIn = async (kind: CaptchaKind) => {
    for (const margin of MIN_MARGINS) {
      const reading = await read(kind)
      if (reading.right && reading.margin >= margin) return true
    }
    return false
  }
  try {
    const rows: CaptchaRow[] = []
    for (const kind of KINDS) {
      await read(kind)
      const started = performance.now()
      const readings = []
      for (let i = 0; i < images; i++) readings.push(await read(kind))
      const msPerImage = (performance.now() - started) / images
      const kept = readings.filter(({ margin }) => margin >= GATE)
      let loginsWithinFive = 0
      for (let i = 0; i < runs; i++) if (await logsIn(kind)) loginsWithinFive += 1
      rows.push({
        kind,
        images,
        accuracy: readings.filter(({ right }) => right).length / images,
        kept: kept.length / images,
        keptAccuracy: kept.filter(({ right }) => right).length / Math.max(1, kept.length),
        msPerImage,
        runs,
        loginsWithinFive: loginsWithinFive / runs,
      })
    }
    return rows
  } finally {
    await decoder.close()
  }
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`

/** Prints the rows as a table of its own. */
export function printCaptchaRows(rows: CaptchaRow[] | null): void {
  if (!rows) return void process.stdout.write('captcha decoding: not run, the optional packages are not installed\n')
  process.stdout.write('\ncaptcha         images   right    sure enough   of those right   ms   login within 5\n')
  for (const row of rows) {
    const cells = [
      row.kind.padEnd(14),
      String(row.images).padStart(7),
      percent(row.accuracy).padStart(8),
      percent(row.kept).padStart(13),
      percent(row.keptAccuracy).padStart(15),
      row.msPerImage.toFixed(0).padStart(5),
      `${percent(row.loginsWithinFive)} of ${row.runs}`.padStart(17),
    ]
    process.stdout.write(`${cells.join(' ')}\n`)
  }
}
