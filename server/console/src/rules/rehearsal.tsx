import type { AdminSlaRehearsal } from '@shared/api/admin'
import { Alert, Table, type TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { Cut } from '../show/cut'
import { countText, metersText, minuteText } from '../show/format'

type Example = AdminSlaRehearsal['examples'][number]

const DECISIONS: Record<string, string> = { OK: '通过', OUT_OF_RADIUS: '超出范围', LOW_ACCURACY: '误差过大' }
const decisionText = (code: string) => DECISIONS[code] ?? code

const COLUMNS: TableColumnsType<Example> = [
  {
    title: '任务',
    dataIndex: 'task_id',
    width: 140,
    render: (number: string, row) => <Link to={`/tasks/${row.work_order_id}`}>{number}</Link>,
  },
  { title: '服务人员', dataIndex: 'worker_name', render: (name: string) => <Cut>{name}</Cut> },
  { title: '距离', dataIndex: 'distance_meters', width: 90, render: metersText },
  { title: '现在', dataIndex: 'before', width: 90, render: decisionText },
  { title: '改后', dataIndex: 'after', width: 90, render: decisionText },
  { title: '时间', dataIndex: 'time', width: 160, render: minuteText },
]

/** What the rule would have decided otherwise, before anybody is bound by it. */
export function Rehearsal({ result }: { result: AdminSlaRehearsal }) {
  const { to_refused, to_accepted } = result.flips
  const changes = to_refused + to_accepted
  return (
    <>
      <Alert
        type={to_refused > 0 ? 'warning' : 'success'}
        showIcon
        className="form-alert"
        title={
          changes === 0
            ? `近 ${result.days} 天的 ${countText(result.fixes)} 次定位，结论都不变`
            : `近 ${result.days} 天的 ${countText(result.fixes)} 次定位中，${countText(to_refused)} 次会由通过变为拒绝，${countText(to_accepted)} 次会由拒绝变为通过`
        }
        description={result.truncated ? '定位记录过多，只看了最近的一部分' : undefined}
      />
      {result.examples.length > 0 && (
        <Table<Example>
          columns={COLUMNS}
          dataSource={result.examples}
          rowKey={({ work_order_id, time }) => `${work_order_id} ${time}`}
          size="small"
          tableLayout="fixed"
          pagination={false}
          scroll={{ x: 680, y: 260 }}
        />
      )}
    </>
  )
}
