import type { ReactNode } from 'react'

export type Tone = 'grey' | 'blue' | 'teal' | 'green' | 'amber' | 'red'

/** A state in a word; its colours keep 4.5:1 in both looks (app.css). */
export function StateTag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`tag tag--${tone}`}>{children}</span>
}

/** Whether a row is in force. */
export const ActiveTag = ({ active }: { active: boolean }) =>
  active ? <StateTag tone="green">启用</StateTag> : <StateTag tone="grey">停用</StateTag>
