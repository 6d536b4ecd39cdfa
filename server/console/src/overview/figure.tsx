import { Link } from 'react-router-dom'
import { hasPage } from '../routes'
import { countText } from '../show/format'

interface Props {
  label: string
  value: number | string
  /** The list behind the number. */
  to: string
  /** A number somebody should act on stands out while it is not zero. */
  alarm?: boolean
  note?: string
}

/** One number and the list it counts. */
export function Figure({ label, value, to, alarm = false, note }: Props) {
  const text = typeof value === 'number' ? countText(value) : value
  const content = (
    <>
      <span className="figure__label">{label}</span>
      <span className={`figure__value ${alarm && value !== 0 ? 'figure__value--alarm' : ''}`}>{text}</span>
      {note && <span className="figure__note">{note}</span>}
    </>
  )
  if (!hasPage(to)) return <div className="figure">{content}</div>
  return (
    <Link className="figure figure--link" to={to}>
      {content}
    </Link>
  )
}
