import type { DryRunResult, DryRunStep } from '@shared/api/sessions'
import { Alert, Collapse } from 'antd'
import { Code } from '../show/code'
import { durationText } from '../show/format'
import { StateTag, type Tone } from '../show/tag'
import { STEP_WORDS } from './words'

const OUTCOMES: Record<DryRunStep['outcome'], { tone: Tone; label: string }> = {
  ok: { tone: 'green', label: '成功' },
  failed: { tone: 'red', label: '失败' },
  skipped: { tone: 'grey', label: '跳过' },
}

function Sent({ name, value }: { name: string; value: unknown }) {
  if (value === null || value === undefined) return <p className="soft">没有{name}</p>
  return (
    <>
      <h4 className="code__name">{name}</h4>
      <Code value={value} />
    </>
  )
}

/** What each step asked the site and what it answered; secrets are masked by the server. */
export function DryRun({ result }: { result: DryRunResult }) {
  return (
    <>
      <Alert
        type={result.ok ? 'success' : 'error'}
        showIcon
        className="form-alert"
        title={result.ok ? '试运行通过：可以登录，也读得到工单' : '试运行没有通过，看下面第一个失败的步骤'}
      />
      <Collapse
        defaultActiveKey={result.steps.find(({ outcome }) => outcome === 'failed')?.name}
        items={result.steps.map((step) => ({
          key: step.name,
          label: (
            <span className="step-line">
              <StateTag tone={OUTCOMES[step.outcome].tone}>{OUTCOMES[step.outcome].label}</StateTag>
              <span>{STEP_WORDS[step.name]}</span>
              <span className="soft">{step.message}</span>
            </span>
          ),
          extra: step.outcome === 'skipped' ? null : durationText(step.ms),
          children: (
            <>
              <Sent name="请求" value={step.request} />
              <Sent name="应答" value={step.response} />
            </>
          ),
        }))}
      />
    </>
  )
}
