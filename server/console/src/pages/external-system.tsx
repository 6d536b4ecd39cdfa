import type { ExternalSystemRow } from '@shared/api/admin-external'
import type { DryRunResult } from '@shared/api/sessions'
import { Alert, Button, Form, Popconfirm } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate, useParams } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { DryRun } from '../external/dry-run'
import { Sessions } from '../external/sessions'
import { NEW_SYSTEM, SystemForm, type SystemFields, toBody, toFields } from '../external/system-form'
import { systemPath } from '../external/words'
import { Page, Panel } from '../shell/page'
import { Answered } from '../show/states'

/** One system, or a new one where the address names none. */
export default function ExternalSystemPage() {
  const { system = '' } = useParams()
  return system ? <Saved name={system} /> : <Editor saved={null} />
}

function Saved({ name }: { name: string }) {
  const answer = useAnswer<ExternalSystemRow>({ path: systemPath(name), keep: false })
  return <Answered answer={answer}>{(system) => <Editor key={system.id} saved={system} />}</Answered>
}

/** A try of what the form says; once that was changed, nothing is known of it. */
function useDryRun() {
  const [result, setResult] = useState<DryRunResult | null>(null)
  const isMeant = useRef(false)
  const { act, running, refusal } = useAct<DryRunResult>({
    silent: true,
    onDone: (tried) => isMeant.current && setResult(tried),
  })
  return {
    result,
    running,
    refusal,
    begin(name: string, system: object) {
      isMeant.current = true
      act({ path: `${systemPath(name)}/dry-run`, body: { system } })
    },
    forget() {
      isMeant.current = false
      setResult(null)
    },
  }
}

function Editor({ saved }: { saved: ExternalSystemRow | null }) {
  const go = useNavigate()
  const [form] = Form.useForm<SystemFields>()
  const dryRun = useDryRun()
  const save = useAct<ExternalSystemRow>({
    done: '已保存',
    silent: true,
    onDone: ({ system_name }) => void go(`/external/systems/${encodeURIComponent(system_name)}`, { replace: true }),
  })
  const refusal = save.refusal ?? dryRun.refusal
  const path = saved ? systemPath(saved.system_name) : '/api/v1/admin/external/systems'
  const tryIt = async () => {
    const fields = await form.validateFields().catch(() => null)
    if (!fields) return
    const name = saved?.system_name ?? fields.system_name
    dryRun.begin(name, toBody(fields))
  }
  return (
    <Page
      title={saved ? saved.system_name : '新增外部系统'}
      note="试运行会真实登录一次并读取第一页，不改动已有的登录，也不占用锁定前的最后两次尝试"
      actions={
        <>
          {saved && <RemoveButton name={saved.system_name} />}
          <Button loading={dryRun.running} onClick={() => void tryIt()}>
            试运行
          </Button>
          <Button type="primary" loading={save.running} onClick={form.submit}>
            保存
          </Button>
        </>
      }
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <div className="stack">
        {dryRun.result && (
          <Panel title="试运行结果">
            <DryRun result={dryRun.result} />
          </Panel>
        )}
        {saved && (
          <Panel title="登录">
            <Sessions system={saved.system_name} />
          </Panel>
        )}
        <SystemForm
          form={form}
          initial={saved ? toFields(saved) : NEW_SYSTEM}
          onChange={dryRun.forget}
          onFinish={(fields) => save.act({ method: saved ? 'PUT' : 'POST', path, body: toBody(fields) })}
        />
      </div>
    </Page>
  )
}

function RemoveButton({ name }: { name: string }) {
  const go = useNavigate()
  const { act, running } = useAct({ done: '系统已删除', onDone: () => void go('/external') })
  return (
    <Popconfirm
      title={`删除“${name}”？`}
      description="账号和登录一起删除，已拉取的工单保留"
      okText="删除"
      okButtonProps={{ danger: true }}
      onConfirm={() => act({ method: 'DELETE', path: systemPath(name) })}
    >
      <Button danger loading={running}>
        删除
      </Button>
    </Popconfirm>
  )
}
