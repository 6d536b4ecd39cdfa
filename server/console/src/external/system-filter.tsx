import type { Page } from '@shared/api/common'
import type { ExternalSystemRow } from '@shared/api/admin-external'
import { Select } from 'antd'
import { useAnswer } from '../api/use-query'
import type { CustomFilter } from '../table/filters'

/** More than any company has. */
const MOST_SYSTEMS = 100

const PARTNERS = ['ngs', 'wechat', 'wxwork', 'captcha-decoder', 'cloudbase']

/** A list's rows of one external system. */
export const SystemFilter = (props: CustomFilter) => <Choice {...props} others={[]} />

/** A list's rows of one external system or of one of the partners that are always there. */
export const PartnerFilter = (props: CustomFilter) => <Choice {...props} others={PARTNERS} />

function Choice({ label, value, onChange, others }: CustomFilter & { others: string[] }) {
  const { data, isFetching } = useAnswer<Page<ExternalSystemRow>>({
    path: '/api/v1/admin/external/systems',
    params: { page: 1, size: MOST_SYSTEMS },
  })
  const names = [...others, ...(data?.list ?? []).map(({ system_name }) => system_name)]
  // One that was removed still has rows.
  if (value && !names.includes(value)) names.push(value)
  return (
    <Select
      aria-label={label}
      placeholder={label}
      className="filter filter--name"
      allowClear
      showSearch
      popupMatchSelectWidth={false}
      loading={isFetching}
      notFoundContent="没有符合的系统"
      options={names.map((name) => ({ value: name, label: name }))}
      value={value || undefined}
      onChange={onChange}
    />
  )
}
