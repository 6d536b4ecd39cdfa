export interface Option {
  value: string
  label: string
}

/** What can be chosen, from its words by value. */
export const optionsOf = (words: Record<string, string>): Option[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }))
