/** Log-probabilities of one image, frame by frame; class 0 is the blank. */
export interface Frames {
  count: number
  classes: number
  /** `count × classes`, row by row. */
  values: Float64Array
}

/** ln(eᵃ + eᵇ) */
export function logAdd(a: number, b: number): number {
  const max = Math.max(a, b)
  return max === -Infinity ? max : max + Math.log1p(Math.exp(Math.min(a, b) - max))
}

/** CTC forward algorithm: log-probability that the frames spell exactly this sequence of classes. */
export function scoreOf({ count, classes, values }: Frames, sequence: readonly number[]): number {
  const size = sequence.length * 2 + 1
  const classAt = (index: number) => (index % 2 === 1 ? sequence[(index - 1) / 2]! : 0)
  let row = new Float64Array(size).fill(-Infinity)
  row[0] = values[0]!
  if (size > 1) row[1] = values[sequence[0]!]!
  for (let frame = 1; frame < count; frame++) {
    const next = new Float64Array(size)
    for (let index = 0; index < size; index++) {
      let sum = row[index]!
      if (index > 0) sum = logAdd(sum, row[index - 1]!)
      // A repeated character needs a blank between its two frames, any other may follow at once.
      if (index > 1 && index % 2 === 1 && classAt(index) !== classAt(index - 2)) sum = logAdd(sum, row[index - 2]!)
      next[index] = sum + values[frame * classes + classAt(index)]!
    }
    row = next
  }
  return size > 1 ? logAdd(row[size - 1]!, row[size - 2]!) : row[0]!
}

interface Beam {
  sequence: number[]
  endsBlank: number
  endsCharacter: number
}

const BEAMS = 24
const CANDIDATES = 6

/** Prefix beam search for sequences of `length` classes (0: any length), likeliest first. */
export function searchSequences(frames: Frames, length: number): number[][] {
  let beams: Beam[] = [{ sequence: [], endsBlank: 0, endsCharacter: -Infinity }]
  for (let frame = 0; frame < frames.count; frame++) beams = advance(frames, frame, beams, length)
  return beams.filter(({ sequence }) => length === 0 || sequence.length === length).map(({ sequence }) => sequence)
}

function advance({ classes, values }: Frames, frame: number, beams: Beam[], length: number): Beam[] {
  const scores = values.subarray(frame * classes, (frame + 1) * classes)
  const likely = likeliest(scores)
  const next = new Map<string, Beam>()
  const reach = (sequence: number[]) => {
    const key = sequence.join()
    let beam = next.get(key)
    if (!beam) next.set(key, (beam = { sequence, endsBlank: -Infinity, endsCharacter: -Infinity }))
    return beam
  }
  for (const { sequence, endsBlank, endsCharacter } of beams) {
    const last = sequence.at(-1)
    const either = logAdd(endsBlank, endsCharacter)
    for (const item of likely) {
      const score = scores[item]!
      const same = reach(sequence)
      if (item === 0) same.endsBlank = logAdd(same.endsBlank, either + score)
      else if (item === last) same.endsCharacter = logAdd(same.endsCharacter, endsCharacter + score)
      if (item === 0 || (length > 0 && sequence.length === length)) continue
      const longer = reach([...sequence, item])
      longer.endsCharacter = logAdd(longer.endsCharacter, (item === last ? endsBlank : either) + score)
    }
  }
  const total = (beam: Beam) => logAdd(beam.endsBlank, beam.endsCharacter)
  return [...next.values()].toSorted((a, b) => total(b) - total(a)).slice(0, BEAMS)
}

function likeliest(scores: Float64Array): number[] {
  return Array.from(scores.keys())
    .toSorted((a, b) => scores[b]! - scores[a]!)
    .slice(0, CANDIDATES)
}
