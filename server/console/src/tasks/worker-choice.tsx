import type { AdminStaffRow } from '@shared/api/admin'
import type { Page } from '@shared/api/common'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { useAnswer } from '../api/use-query'
import type { CustomFilter } from '../table/filters'

const TYPING_MS = 250

/**
 * The first page of the workers whose name, mail or phone matches; the text is asked for when typing rests.
 * `active`: only those who can be given something.
 */
export function useWorkers(text: string, active?: true) {
  const [q, setQ] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return useAnswer<Page<AdminStaffRow>>({
    path: '/api/v1/admin/staff',
    params: { role: 'HOMECARE_WORKER', active, q, size: 20, page: 1 },
    topics: ['task'],
  })
}

/** A list's rows of one worker. */
export function WorkerFilter({ label, value, onChange }: CustomFilter) {
  const [text, setText] = useState('')
  const { data, isFetching } = useWorkers(text)
  const options = (data?.list ?? []).map(({ id, full_name }) => ({ value: id, label: full_name }))
  // Of a worker who is not among those found only the number is known.
  const isKnown = !value || options.some((option) => option.value === value)
  return (
    <Select
      aria-label={label}
      placeholder={label}
      className="filter"
      allowClear
      showSearch={{ filterOption: false, onSearch: setText }}
      popupMatchSelectWidth={false}
      loading={isFetching}
      notFoundContent="没有符合的服务人员"
      options={isKnown ? options : [...options, { value, label: '已选人员' }]}
      value={value || undefined}
      onChange={onChange}
    />
  )
}
