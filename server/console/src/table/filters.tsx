import { DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { type ComponentType, useState } from 'react'
import { type Option, optionsOf } from '../show/options'

/** One filter of a list; `days` writes `from` and `to`, the others their name. */
export type Filter =
  | { kind: 'search'; name: string; label: string }
  | { kind: 'choice'; name: string; label: string; options: Option[] }
  | { kind: 'days'; label: string }
  | { kind: 'custom'; name: string; label: string; render: ComponentType<CustomFilter> }

/** Of rows that can be switched off. */
export const ACTIVE_FILTER: Filter = {
  kind: 'choice',
  name: 'active',
  label: '状态',
  options: optionsOf({ true: '启用', false: '停用' }),
}

export interface CustomFilter {
  label: string
  value: string
  onChange: (value: string | undefined) => void
}

/** The parameters a list's filters write. */
export const filterNames = (filters: readonly Filter[]): string[] =>
  filters.flatMap((filter) => (filter.kind === 'days' ? ['from', 'to'] : [filter.name]))

interface Props {
  filters: readonly Filter[]
  values: Record<string, string>
  onChange: (changes: Record<string, string | undefined>) => void
}

export function Filters({ filters, values, onChange }: Props) {
  return filters.map((filter) => <One key={filter.label} filter={filter} values={values} onChange={onChange} />)
}

function One({ filter, values, onChange }: Omit<Props, 'filters'> & { filter: Filter }) {
  if (filter.kind === 'search')
    return (
      <Search label={filter.label} value={values[filter.name] ?? ''} onSearch={(q) => onChange({ [filter.name]: q })} />
    )
  if (filter.kind === 'choice')
    return (
      <Select
        aria-label={filter.label}
        placeholder={filter.label}
        className="filter"
        allowClear
        popupMatchSelectWidth={false}
        options={filter.options}
        value={values[filter.name] || undefined}
        onChange={(value?: string) => onChange({ [filter.name]: value })}
      />
    )
  if (filter.kind === 'custom') {
    const { name, label, render: Choice } = filter
    return <Choice label={label} value={values[name] ?? ''} onChange={(value) => onChange({ [name]: value })} />
  }
  const { from, to } = values
  return (
    <DatePicker.RangePicker
      aria-label={filter.label}
      className="filter filter--days"
      allowEmpty={[true, true]}
      value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
      onChange={(_, [start, end]) => onChange({ from: start || undefined, to: end || undefined })}
    />
  )
}

/** Searched for by Enter, so that typing asks the server nothing. */
function Search({ label, value, onSearch }: { label: string; value: string; onSearch: (value: string) => void }) {
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setText(value)
  }
  return (
    <Input.Search
      aria-label={label}
      placeholder={label}
      className="filter filter--search"
      allowClear
      maxLength={100}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={(wanted) => onSearch(wanted.trim())}
    />
  )
}
