import fs from 'node:fs'
import path from 'node:path'
import type { HttpCall } from '../../../server/connectors/kit/http'
import { createExternalLog } from '../../../server/features/external-log/service'
import type { ExternalLogRow } from '../../../server/features/external-log/repository'
import { ENGINES } from '../../support/engines'
import { addCrew, type Crew } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const DAY_MS = 24 * 3600 * 1000

const call = (changes: Partial<HttpCall> = {}): HttpCall => ({
  upstream: 'city-center',
  endpoint: '/login',
  method: 'POST',
  status: 200,
  ms: 12.4,
  success: true,
  error: null,
  requestBody: { body: { username: 'op1', password: '***' } },
  responseBody: { code: 0 },
  binary: null,
  traceId: 'trace-1',
  ...changes,
})

describe.each(ENGINES)('external_api_log (%s)', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeEach(async () => {
    app = await startTestApp({ engine })
    crew = await addCrew(app)
    await app.context.externalLog.flush()
    await app.context.database.db.deleteFrom('external_api_log').execute()
  })
  afterEach(() => app.close())

  const rows = () => app.context.database.db.selectFrom('external_api_log').selectAll().orderBy('id').execute()
  const list = async (query = '') =>
    (await app.api.get(`/api/v1/admin/external/logs?${query}`, crew.admin)).body.data as {
      total: number
      list: Record<string, unknown>[]
    }

  test('holds the columns of the document, written after the call', async () => {
    const { externalLog } = app.context
    externalLog.record(call(), { account: 'op1', hook: { decode: 'characters' }, hookResult: { margin: 2.1 } })
    expect(await rows()).toEqual([])
    await externalLog.flush()
    expect(await rows()).toMatchObject([
      {
        system_name: 'city-center',
        account: 'op1',
        api_endpoint: '/login',
        request_method: 'POST',
        request_payload: '{"body":{"username":"op1","password":"***"}}',
        response_status: 200,
        response_time_ms: 12,
        response_body: '{"code":0}',
        hook: '{"decode":"characters"}',
        hook_result: '{"margin":2.1}',
        success: true,
        error_message: null,
        trace_id: 'trace-1',
        create_time: app.clock.now(),
      },
    ])
  })

  test('writes by itself, many at once, whatever their number', async () => {
    for (let i = 0; i < 450; i++) app.context.externalLog.record(call({ endpoint: `/workorder/${i}` }))
    await until(async () => (await rows()).length >= 450, 'the writing')
    expect(new Set((await rows()).map(({ api_endpoint }) => api_endpoint)).size).toBe(450)
  })

  test('takes what is too long or missing', async () => {
    app.context.externalLog.record(
      call({
        endpoint: `/${'x'.repeat(400)}`,
        status: null,
        success: false,
        error: '错误 '.repeat(3000),
        requestBody: null,
        responseBody: null,
        traceId: null,
      }),
    )
    await app.context.externalLog.flush()
    expect(await rows()).toMatchObject([{ response_status: null, request_payload: null, trace_id: null }])
  })

  test('keeps an image in a file and its path in the row', async () => {
    app.context.externalLog.record(call({ responseBody: null, binary: Buffer.from('GIF89a') }))
    await app.context.externalLog.flush()
    const [row] = await rows()
    const { file, bytes } = JSON.parse(row!.response_body!)
    expect(bytes).toBe(6)
    expect(fs.readFileSync(path.join(app.dataDir, 'external-log', file), 'utf8')).toBe('GIF89a')
  })

  test('is pruned after thirty days, with its files', async () => {
    const { externalLog } = app.context
    externalLog.record(call({ binary: Buffer.from('GIF89a') }))
    for (let i = 0; i < 600; i++) externalLog.record(call({ success: i % 2 === 0 }))
    await externalLog.flush()
    app.clock.advance(29 * DAY_MS)
    externalLog.record(call({ binary: Buffer.from('GIF89b') }))
    await externalLog.flush()
    expect(await externalLog.prune()).toBe(0)
    app.clock.advance(2 * DAY_MS)
    expect(await externalLog.prune()).toBe(601)
    expect(await rows()).toHaveLength(1)
    expect(fs.readdirSync(path.join(app.dataDir, 'external-log'))).toHaveLength(1)
  })

  test('is listed newest first, by system, outcome and text, for administrators', async () => {
    const { externalLog } = app.context
    externalLog.record(call())
    app.clock.advance(1000)
    externalLog.record(call({ upstream: 'ngs', endpoint: '/ngs/wo/send', success: false, error: 'code 0' }))
    expect((await list()).list.map(({ system_name }) => system_name)).toEqual(['ngs', 'city-center'])
    expect((await list('system=ngs')).total).toBe(1)
    expect((await list('success=true')).list).toMatchObject([{ system_name: 'city-center', success: true }])
    expect((await list('q=code%200')).total).toBe(1)
    expect((await list('q=nowhere')).total).toBe(0)
    expect((await list('from=2026-03-02&to=2026-03-02')).total).toBe(2)
    expect((await list('from=2026-03-03')).total).toBe(0)
    for (const request of [crew.dispatcher, crew.worker, crew.customer])
      expect((await app.api.get('/api/v1/admin/external/logs', request)).status).toBe(403)
  })

  test('is flushed when the server closes', async () => {
    const { externalLog, database } = app.context
    const closed = jest.spyOn(database, 'close')
    let written = 0
    closed.mockImplementationOnce(async () => {
      written = (await rows()).length
    })
    externalLog.record(call())
    await app.context.close()
    expect(written).toBe(1)
  })
})

describe('a log that cannot be written', () => {
  const warnings: string[] = []
  const log = { warn: (_facts: object, message: string) => void warnings.push(message) }
  const binaries = { write: async () => '', removeBefore: async () => {} }
  beforeEach(() => (warnings.length = 0))
  const withInsert = (insert: (rows: ExternalLogRow[]) => Promise<void>) =>
    createExternalLog({
      repository: {
        insert,
        find: async () => null,
        list: async () => ({ rows: [], total: 0 }),
        removeBefore: async () => 0,
      },
      binaries,
      log,
      now: () => new Date(),
    })

  test('never fails the call', async () => {
    const broken = withInsert(async () => {
      throw new Error('no database')
    })
    broken.record(call())
    await broken.flush()
    expect(warnings).toEqual(['records of partner calls were lost'])
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    broken.record(call({ requestBody: cyclic }))
    expect(warnings[1]).toBe('a partner call could not be recorded')
  })

  test('is bounded: what is too much is dropped and counted', async () => {
    const batches: number[] = []
    let free!: () => void
    const gate = new Promise<void>((resolve) => (free = resolve))
    const slow = withInsert(async (rows) => {
      batches.push(rows.length)
      await gate
    })
    for (let i = 0; i < 10_000; i++) slow.record(call())
    free()
    await slow.flush()
    await slow.flush()
    expect(batches.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_200)
    expect(warnings).toContain('records of partner calls were dropped: too many at once')
  })

  test('one large answer after the other does not fill the memory', async () => {
    const kept: number[] = []
    const slow = withInsert(async (rows) => void kept.push(rows.length))
    for (let i = 0; i < 150; i++) slow.record(call({ binary: Buffer.alloc(1024 * 1024) }))
    await slow.flush()
    expect(kept[0]).toBeLessThan(17)
  })
})
