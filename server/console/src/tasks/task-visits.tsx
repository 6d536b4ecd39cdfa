import type { VisitView } from '@shared/api/homecare'
import type { TableColumnsType } from 'antd'
import { Panel } from '../shell/page'
import { Cut } from '../show/cut'
import { metersText, minuteText } from '../show/format'
import { StateTag } from '../show/tag'
import { FLAG_WORDS } from '../show/visit-words'
import { ListTable } from '../table/list-table'

function Review({ review, flags }: Pick<VisitView, 'review' | 'flags'>) {
  if (review?.decision === 'confirm') return <StateTag tone="green">已确认</StateTag>
  if (review) return <StateTag tone="red">已驳回</StateTag>
  return flags.length > 0 ? <StateTag tone="amber">待审核</StateTag> : <StateTag tone="green">正常</StateTag>
}

const COLUMNS: TableColumnsType<VisitView> = [
  { title: '次', dataIndex: 'visit_no', width: 44 },
  { title: '服务人员', dataIndex: 'worker_name', width: 96, render: (name: string) => <Cut>{name}</Cut> },
  {
    title: '签到 / 签退',
    width: 142,
    render: (_, visit) => (
      <div className="two-lines">
        {minuteText(visit.checkin_at)}
        <div className="soft">{visit.checkout_at ? minuteText(visit.checkout_at) : '未签退'}</div>
      </div>
    ),
  },
  {
    title: '距离',
    width: 130,
    render: (_, visit) => `${metersText(visit.distance_meters)} / ${metersText(visit.radius_meters)}`,
  },
  {
    title: '疑点',
    dataIndex: 'flags',
    render: (flags: VisitView['flags']) => <Cut>{flags.map((flag) => FLAG_WORDS[flag]).join('、')}</Cut>,
  },
  { title: '审核', width: 84, render: (_, visit) => <Review review={visit.review} flags={visit.flags} /> },
]

export function TaskVisits({ visits }: { visits: VisitView[] }) {
  if (visits.length === 0) return null
  return (
    <Panel title="到场记录">
      <ListTable<VisitView> columns={COLUMNS} rows={visits} size="small" minWidth={580} />
    </Panel>
  )
}
