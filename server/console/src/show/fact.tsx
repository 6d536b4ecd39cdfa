import type { ReactNode } from 'react'

/** One line of a list of facts (`dl.facts`): a dash where nothing is known. */
export function Fact({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={`facts__row ${wide ? 'grid__wide' : ''}`}>
      <dt className="soft">{name}</dt>
      <dd>{children || '—'}</dd>
    </div>
  )
}
