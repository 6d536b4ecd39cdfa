import type { ExternalLogRow } from '@shared/api/admin-external'
import type { ReplayResult } from '@shared/api/sessions'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'
import { Code } from '../show/code'
import { durationText, timeText } from '../show/format'

/** One logged call: what was asked and answered, and the same read again under today's login. */
export function LoggedCall({ row }: { row: ExternalLogRow }) {
  const [result, setResult] = useState<ReplayResult | null>(null)
  const { act, running, refusal } = useAct<ReplayResult>({ onDone: setResult, silent: true })
  return (
    <div className="stack">
      <div className="soft">
        追踪编号 {row.trace_id ?? '—'} · {timeText(row.create_time)}
      </div>
      <div className="compare">
        <Body name="请求" value={row.request_payload} />
        <Body
          name={`当时的应答（${row.response_status ?? '没有应答'}）`}
          value={row.response_body ?? row.error_message}
        />
        {result && (
          <Body
            name={`现在的应答（${result.now.status ?? '没有应答'}，${durationText(result.now.ms)}）`}
            value={result.now.body ?? result.now.error}
          />
        )}
      </div>
      {row.hook !== null && <Body name="处理" value={{ hook: row.hook, result: row.hook_result }} />}
      {refusal && <Alert type="error" showIcon title={refusal.message} />}
      <div>
        <Button
          size="small"
          loading={running}
          onClick={() => act({ path: `/api/v1/admin/external/logs/${row.id}/replay` })}
        >
          以当前登录重放（只限读取）
        </Button>
      </div>
    </div>
  )
}

function Body({ name, value }: { name: string; value: unknown }) {
  return (
    <div className="compare__one">
      <h4 className="code__name">{name}</h4>
      <Code value={value} />
    </div>
  )
}
