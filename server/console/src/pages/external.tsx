import { PlusOutlined } from '@ant-design/icons'
import type { ExternalSystemRow } from '@shared/api/admin-external'
import { Button, type TableColumnsType } from 'antd'
import { Link, useNavigate } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { PROFILE_WORDS, SESSION_TONES, SESSION_WORDS } from '../external/words'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { ActiveTag, StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import { ACTIVE_FILTER, type Filter } from '../table/filters'

const profileText = (profile: string) => PROFILE_WORDS[profile] ?? profile

const FILTERS: Filter[] = [{ kind: 'search', name: 'q', label: '搜索系统、地址' }, ACTIVE_FILTER]

function PullButton({ system }: { system: string }) {
  const go = useNavigate()
  const { act, running } = useAct<{ run_id: string }>({
    done: '拉取已开始',
    onDone: () => void go(`/external/pulls?system=${encodeURIComponent(system)}`),
  })
  return (
    <Button
      type="link"
      size="small"
      loading={running}
      aria-label={`拉取工单 ${system}`}
      onClick={() => act({ path: `/api/v1/admin/external/${encodeURIComponent(system)}/pull` })}
    >
      拉取工单
    </Button>
  )
}

const COLUMNS: TableColumnsType<ExternalSystemRow> = [
  {
    title: '系统',
    dataIndex: 'system_name',
    width: 180,
    render: (name: string) => <Link to={`/external/systems/${encodeURIComponent(name)}`}>{name}</Link>,
  },
  { title: '地址', dataIndex: 'base_url', render: (url: string) => <Cut>{url}</Cut> },
  { title: '模板', dataIndex: 'profile', width: 130, render: (profile: string) => <Cut>{profileText(profile)}</Cut> },
  {
    title: '账号',
    dataIndex: 'accounts',
    width: 190,
    render: (accounts: ExternalSystemRow['accounts']) =>
      accounts.length === 0
        ? '—'
        : accounts.map(({ account, state }) => (
            <div key={account} className="line">
              <Cut>{account}</Cut>
              <StateTag tone={SESSION_TONES[state]}>{SESSION_WORDS[state]}</StateTag>
            </div>
          )),
  },
  {
    title: '状态',
    dataIndex: 'is_active',
    width: 80,
    render: (active: boolean) => <ActiveTag active={active} />,
  },
  { title: '更新时间', dataIndex: 'update_time', width: 146, render: minuteText },
  { title: '操作', width: 104, fixed: 'end', render: (_, { system_name }) => <PullButton system={system_name} /> },
]

export default function ExternalPage() {
  return (
    <Page
      title="外部工单系统"
      note="系统、接口和账号都是数据；登录由系统自己保持，遇到识别不了的验证码会请人输入"
      actions={
        <Link to="/external/systems">
          <Button type="primary" icon={<PlusOutlined aria-hidden />} tabIndex={-1}>
            新增系统
          </Button>
        </Link>
      }
    >
      <DataTable<ExternalSystemRow>
        path="/api/v1/admin/external/systems"
        columns={COLUMNS}
        filters={FILTERS}
        topics={['session', 'challenge']}
        none="没有外部系统"
        minWidth={980}
      />
    </Page>
  )
}
