import { offsetMeters, type Position } from '@shared/geo'
import { metersText } from '../show/format'

export interface Mark extends Position {
  label: string
  kind: 'site' | 'former' | 'other' | 'fix'
  /** A circle around it, to scale: the allowed radius of a site, the accuracy of a fix. */
  radiusMeters?: number | null
}

interface Props {
  marks: Mark[]
  /** What the drawing tells, for those who do not see it. */
  label: string
  size?: number
}

const NICE = [1, 2, 5]

/** The largest 1-2-5 number of metres that is not above `limit`. */
export function niceMeters(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(limit, 1)))
  const step = NICE.filter((candidate) => candidate * power <= limit).pop() ?? 1
  return step * power
}

/** Metres from the first mark to where the drawing ends, so that every mark and circle fits. */
export function reachMeters(marks: Mark[]): number {
  const [center] = marks
  if (!center) return 1
  const reaches = marks.map((mark) => {
    const { east, north } = offsetMeters(center, mark)
    return Math.max(Math.abs(east), Math.abs(north)) + (mark.radiusMeters ?? 0)
  })
  return Math.max(...reaches, 20) * 1.2
}

/** Positions to scale, the first one in the middle, north up. */
export function ScaleDrawing({ marks, label, size = 300 }: Props) {
  const [center] = marks
  if (!center) return null
  const reach = reachMeters(marks)
  const half = size / 2
  const pixels = (meters: number) => (meters / reach) * half
  const placed = marks.map((mark) => {
    const { east, north } = offsetMeters(center, mark)
    return { ...mark, x: half + pixels(east), y: half - pixels(north), r: pixels(mark.radiusMeters ?? 0) }
  })
  const bar = niceMeters(reach / 2)
  return (
    <svg className="drawing" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path className="drawing__axis" d={`M${half} 0V${size}M0 ${half}H${size}`} />
      {placed.map(({ x, y, r, kind, label: name }) => (
        <circle key={`circle ${name}`} className={`drawing__circle drawing__circle--${kind}`} cx={x} cy={y} r={r} />
      ))}
      {placed.toReversed().map(({ x, y, kind, label: name }) => (
        <g key={`mark ${name}`}>
          <circle className={`drawing__mark drawing__mark--${kind}`} cx={x} cy={y} r={kind === 'other' ? 4 : 6} />
          <text
            className="drawing__text"
            x={x > size * 0.62 ? x - 10 : x + 10}
            y={y + 4}
            textAnchor={x > size * 0.62 ? 'end' : 'start'}
          >
            {name}
          </text>
        </g>
      ))}
      <path className="drawing__bar" d={`M12 ${size - 12}v-6m0 3h${pixels(bar)}m0 -3v6`} />
      <text className="drawing__text" x="12" y={size - 24}>
        {metersText(bar)}
      </text>
      <text className="drawing__text" x={half + 6} y="14">
        北
      </text>
    </svg>
  )
}
