import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { ROOT } from '../../server/cli/server-bundle'
import { startTestApp, type TestApp } from '../support/test-app'
import { BACKENDS, useBackend } from '../support/redis'

const read = (file: string) => fs.readFileSync(path.join(ROOT, 'docs/monitoring', file), 'utf8')
interface Rule {
  alert: string
  expr: string
  for: string
  labels: { severity: string }
  annotations: { summary: string; action: string }
}
const rules = (parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)
interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}
const { panels } = JSON.parse(read('grafana-dashboard.json')) as Dashboard

/** A metric is a name before its selector. */
const metricsOf = (expr: string) => [...expr.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map(([, name]) => name!)
/** What Prometheus makes itself. */
const OF_PROMETHEUS = new Set(['up'])
/** Only there with Redis, and that only where one can be started. */
const OF_REDIS = new Set(BACKENDS.includes('redis') ? [] : ['redis_up'])

describe('dashboard and alerts', () => {
  const { env } = useBackend(BACKENDS.at(-1)!)
  let app: TestApp
  beforeEach(async () => {
    app = await startTestApp({ wxwork: true, env: env() })
  })
  afterEach(() => app.close())

  test('ask only for metrics and labels that the server tells', async () => {
    await app.api.customer()
    await app.context.jobs.announce({ name: 'a', title: 'a', schedule: '* * * * * *' }, null)
    await app.context.jobs.run({ name: 'a', title: 'a', schedule: '* * * * * *' }, async () => ({
      result: 'ok',
      detail: null,
      nextRunAt: null,
    }))
    const { body } = await app.api.get('/metrics')
    const told = new Set(
      [...(body as string).matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) => {
        return type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name!]
      }),
    )
    const exprs = [
      ...rules.map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ]
    for (const expr of exprs) {
      expect(metricsOf(expr).length).toBeGreaterThan(0)
      for (const name of metricsOf(expr))
        if (!OF_PROMETHEUS.has(name) && !OF_REDIS.has(name)) expect(told).toContain(name)
    }
    expect(body).toMatch(/^job_last_run_ok\{name="a"\} 1$/m)
    expect(body).toMatch(/^database_pool_connections\{state="pending"\} 0$/m)
    expect(body).toMatch(/^partner_call_duration_seconds_count\{partner="wechat",outcome="ok"\} \d/m)
    expect(body).toMatch(/^http_request_duration_seconds_count\{method="POST",route="[^"]+",status="200"\} \d/m)
  })

  test('every alert waits, has a severity and says what to do; every panel asks for something', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    for (const rule of rules) {
      expect(rule.for).toMatch(/^\d+[mh]$/)
      expect(['critical', 'warning']).toContain(rule.labels.severity)
      expect(rule.annotations).toEqual({ summary: expect.any(String), action: expect.any(String) })
    }
    for (const { targets } of panels) expect(targets.length).toBeGreaterThan(0)
  })
})
