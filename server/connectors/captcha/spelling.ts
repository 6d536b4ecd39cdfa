import { type Frames, logAdd, scoreOf, searchSequences } from './ctc'

/** What a captcha asks for. */
export interface CaptchaSpec {
  kind: 'characters' | 'arithmetic'
  /** Number of characters; 0 where it is not known. Sums ignore it. */
  length: number
}

/** The best reading of an image. */
export interface CaptchaReading {
  /** What to send: the characters, or the result of the sum. */
  answer: string
  /** What is written there, for example `7-3=?`. */
  text: string
  /** Log-probability between the best answer and the next one; below about 1.6 a fresh image is the better bet. */
  margin: number
}

/** Classes of a model that count as one: each alphabet entry lists the characters it may be read as. */
export type Alphabet = readonly string[]

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz'
/** Letters of both cases are one class: sites ignore case, and a model unsure of it is still sure of the letter. */
const CHARACTER_CLASSES: Alphabet = [...CHARACTERS].map((character) =>
  character === character.toUpperCase() ? character : character + character.toUpperCase(),
)
const DIGIT_CLASSES: Alphabet = ['0oO', '1lI', '2', '3', '4', '5', '6', '7', '8', '9']
const SUM_CLASSES: Alphabet = [...DIGIT_CLASSES, '+十', '-一—–_', '*xX×', '/÷', '=', '?？']
const OPERATORS = '+-*/'
const [PLUS, EQUALS, QUESTION] = [11, 15, 16]
const FIRST_DIGIT = 1

/** The last class of a sum's frames: everything that is none of the others. */
const OTHER = SUM_CLASSES.length + 1

export const alphabetOf = ({ kind }: CaptchaSpec): Alphabet => (kind === 'arithmetic' ? SUM_CLASSES : CHARACTER_CLASSES)

/** Reads the frames of one image; null where nothing of that kind can be read in them. */
export function readFrames(frames: Frames, spec: CaptchaSpec): CaptchaReading | null {
  return spec.kind === 'arithmetic' ? readSum(frames) : readCharacters(frames, spec.length)
}

function readCharacters(frames: Frames, length: number): CaptchaReading | null {
  const ranked = searchSequences(frames, length)
    .filter((sequence) => sequence.length > 0)
    .map((sequence) => ({ sequence, score: scoreOf(frames, sequence) }))
    .toSorted((a, b) => b.score - a.score)
  const [best, second] = ranked
  if (!best) return null
  const text = best.sequence.map((item) => CHARACTERS[item - 1]).join('')
  return { answer: text, text, margin: second ? best.score - second.score : Infinity }
}

interface Sum {
  sequence: number[]
  text: string
  answer: string
  /** Log-probability before anything is seen. */
  prior: number
}

/** Generators that allow a negative result exist but are rare. */
const NEGATIVE_PRIOR = -2
const SUMS = legalSums()
/** How the right end may look: generators write `=?`, `=`, or nothing, and models see a question mark as much else. */
const ENDINGS = [[EQUALS, QUESTION], [EQUALS], [QUESTION], [], [EQUALS, 8], [8], [OTHER], [EQUALS, OTHER]]

function legalSums(): Sum[] {
  const sums: Sum[] = []
  for (let left = 0; left <= 9; left++)
    for (let right = 0; right <= 9; right++)
      for (const [index, operator] of [...OPERATORS].entries()) {
        const value = valueOf(left, operator, right)
        if (value === null) continue
        sums.push({
          sequence: [left + FIRST_DIGIT, PLUS + index, right + FIRST_DIGIT],
          text: `${left}${operator}${right}=?`,
          answer: String(value),
          prior: value < 0 ? NEGATIVE_PRIOR : 0,
        })
      }
  return sums
}

function valueOf(left: number, operator: string, right: number): number | null {
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') return left * right
  return right !== 0 && left % right === 0 ? left / right : null
}

function readSum(frames: Frames): CaptchaReading {
  const score = ({ sequence, prior }: Sum) =>
    prior + ENDINGS.reduce((sum, ending) => logAdd(sum, scoreOf(frames, [...sequence, ...ending])), -Infinity)
  const ranked = SUMS.map((sum) => ({ sum, score: score(sum) })).toSorted((a, b) => b.score - a.score)
  const [best] = ranked as [(typeof ranked)[number]]
  const other = ranked.find(({ sum }) => sum.answer !== best.sum.answer)
  return { answer: best.sum.answer, text: best.sum.text, margin: best.score - (other?.score ?? -Infinity) }
}
