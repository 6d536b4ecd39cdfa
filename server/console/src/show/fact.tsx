import type { ReactNode } from 'react'

/** One line of a list of facts (`dl.facts`): a dash where nothing is known. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="facts__row">
      <dt className="soft">{name}</dt>
      <dd>{children || '—'}</dd>
    </div>
  )
}
