import fs from 'node:fs'
import path from 'node:path'
import { SANDBOX_NGS_TOKEN } from '../../../server/config/ngs'
import { seedDemo } from '../../../server/demo/seed'
import { refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import { addCrew, countOf, type Crew, NO_LIMITS, outcomeOf, startTwin } from '../../support/field-work'
import { schemaFaults } from '../../support/json-schema'
import { operations, outboxRows, outboxStates, send, submitTask } from '../../support/ngs'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const CLAIM_MS = 30_000

describe.each(ENGINES)('the outbox (%s)', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeEach(async () => {
    app = await startTestApp({ engine, ngs: true, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterEach(() => app.close())

  const set = (id: string, changes: object) =>
    app.context.database.db.updateTable('outbox').set(changes).where('id', '=', id).execute()
  const resolve = (id: string, body: object, request = crew.admin) =>
    app.api.post(`/api/v1/admin/outbox/${id}/resolve`, body, request)
  const retry = (id: string, request: object = crew.admin) =>
    app.api.post(`/api/v1/admin/outbox/${id}/retry`, undefined, request)

  describe('shared by processes', () => {
    test('two of them send every entry once', async () => {
      const twin = await startTwin(app)
      for (let i = 0; i < 40; i++) await submitTask(app, crew, `第 ${i}`)
      app.sandbox.ngs.control({ latencyMs: 5 })
      const counts = await Promise.all([send(app), send(twin), send(app), send(twin)])
      await send(app)
      expect(app.sandbox.ngs.orders()).toHaveLength(40)
      expect(operations(app)).toHaveLength(40)
      expect(Math.min(counts[0], counts[1])).toBeGreaterThan(0)
      await twin.close()
    })

    test('one that stops finishes what it is sending and begins nothing more', async () => {
      for (let i = 0; i < 12; i++) await submitTask(app, crew, `第 ${i}`)
      app.sandbox.ngs.control({ latencyMs: 100 })
      void send(app)
      await until(() => operations(app).length > 0, 'the first send')
      await app.context.outboxWorker.stop()
      const sent = (await outboxStates(app)).filter((state) => state === 'ngs.send SENT').length
      expect(operations(app)).toHaveLength(sent)
      expect(sent).toBeLessThan(12)
      expect(await outboxStates(app)).not.toContain('ngs.send SENDING')
    })

    test('what a dead one was creating is in doubt, the rest is sent again', async () => {
      const [one, two] = [await submitTask(app, crew, '一'), await submitTask(app, crew, '二')]
      await send(app)
      await app.api.post(`/api/v1/tasks/${one.number}/cancel`, { reason: 'x' }, crew.customer)
      const dead = { state: 'SENDING', claim: 'dead', claimed_until: new Date(app.clock.now().getTime() + CLAIM_MS) }
      const [, createTwo, cancelOne] = await outboxRows(app)
      await set(createTwo!.id, dead)
      await set(cancelOne!.id, dead)
      await send(app)
      expect(operations(app)).toEqual(['send', 'send'])
      app.clock.advance(CLAIM_MS + 1)
      await send(app)
      expect(two.number).toBe(createTwo!.subject)
      expect(await outboxStates(app)).toEqual(['ngs.send SENT', 'ngs.send UNKNOWN', 'ngs.failedClose SENT'])
      expect(operations(app)).toEqual(['send', 'send', 'failedClose'])
    })

    test('a slow one that succeeds after it was given up is believed', async () => {
      const { id } = await submitTask(app, crew)
      app.sandbox.ngs.control({ latencyMs: 300 })
      const slow = send(app)
      await until(async () => (await outboxRows(app))[0]!.state === 'SENDING', 'the slow send')
      app.clock.advance(CLAIM_MS + 1)
      const twin = await startTwin(app)
      await send(twin)
      expect(await outboxStates(app)).toEqual(['ngs.send UNKNOWN'])
      await slow
      expect(await outboxStates(app)).toEqual(['ngs.send SENT'])
      const task = await app.context.database.db.selectFrom('task').selectAll().where('id', '=', id).execute()
      expect(task).toMatchObject([{ ngs_oid: app.sandbox.ngs.orders()[0]!.oId }])
      await twin.close()
    })

    test('a late result does not undo what a person decided', async () => {
      await submitTask(app, crew)
      app.sandbox.ngs.control({ latencyMs: 300, status: 503 })
      const slow = send(app)
      await until(async () => (await outboxRows(app))[0]!.state === 'SENDING', 'the slow send')
      app.clock.advance(CLAIM_MS + 1)
      const twin = await startTwin(app)
      await send(twin)
      const [entry] = await outboxRows(app)
      await resolve(entry!.id, { oId: 'O', taskId: 'T', note: '手工建单' })
      await slow
      expect(await outboxRows(app)).toMatchObject([{ state: 'SENT', note: '手工建单' }])
      await twin.close()
    })
  })

  describe('in the hands of a person', () => {
    const unknown = async () => {
      app.sandbox.ngs.control({ dropAnswer: 1 })
      const task = await submitTask(app, crew)
      await send(app)
      const [entry] = await outboxRows(app)
      return { entry: entry!, task }
    }

    test('is listed by state, topic and text', async () => {
      const { entry, task } = await unknown()
      await submitTask(app, crew, '二')
      const list = async (query: string) =>
        (await app.api.get(`/api/v1/admin/outbox?${query}`, crew.dispatcher)).body.data
      expect(await list('')).toMatchObject({ total: 2, pages: 1, current: 1, size: 20 })
      expect((await list('state=UNKNOWN')).list).toMatchObject([
        { id: entry.id, task_id: task.number, key: task.id, state: 'UNKNOWN', topic: 'ngs.send' },
      ])
      expect((await list('topic=ngs.send')).total).toBe(2)
      expect((await list('topic=ngs&state=PENDING')).total).toBe(1)
      expect((await list('topic=ngs.close')).total).toBe(0)
      expect((await list('waiting=true')).list).toMatchObject([{ id: entry.id }])
      expect((await list(`q=${task.number}`)).total).toBe(1)
      expect((await list('q=%25')).total).toBe(0)
      expect((await list('size=1&page=2')).list).toHaveLength(1)
      const wrong = await app.api.get('/api/v1/admin/outbox?state=LOST', crew.admin)
      expect(refusedPaths(wrong)).toEqual(['state'])
    })

    test('is decided by administrators only', async () => {
      const { entry } = await unknown()
      for (const request of [crew.dispatcher, crew.worker, crew.customer]) {
        expect((await retry(entry.id, request)).status).toBe(403)
        expect((await resolve(entry.id, { note: 'x' }, request)).status).toBe(403)
      }
      for (const request of [crew.worker, crew.customer])
        for (const path of ['outbox', 'jobs', 'ngs/drift', 'external/logs'])
          expect((await app.api.get(`/api/v1/admin/${path}`, request)).status).toBe(403)
      expect((await retry(entry.id, {})).status).toBe(401)
    })

    test('a decision is written down', async () => {
      const { entry, task } = await unknown()
      await retry(entry.id)
      await resolve(entry.id, { oId: 'O', taskId: 'T', note: '电话核实' })
      const { list } = (await app.api.get('/api/v1/admin/audit', crew.admin)).body.data
      expect(list.slice(0, 2)).toMatchObject([
        {
          action: 'outbox.resolve',
          target: task.number,
          detail: { id: entry.id, oId: 'O', taskId: 'T', note: '电话核实', topic: 'ngs.send' },
        },
        { action: 'outbox.retry', target: task.number, detail: { id: entry.id, state: 'UNKNOWN' } },
      ])
    })

    test.each([
      [{}, ['note']],
      [{ note: ' ' }, ['note']],
      [{ note: 'x', oId: 'O' }, ['taskId']],
      [{ note: 'x', taskId: 'T' }, ['oId']],
      [{ note: 'x'.repeat(501) }, ['note']],
      [{ note: 'x', oId: 'O'.repeat(65), taskId: 'T' }, ['oId']],
      [{ note: 'x', oId: 7, taskId: 'T' }, ['oId']],
    ])('%j is refused', async (body, paths) => {
      const { entry } = await unknown()
      expect(refusedPaths(await resolve(entry.id, body))).toEqual(paths)
    })

    test('what is sent, or being sent, is not decided again', async () => {
      const { entry } = await unknown()
      await resolve(entry.id, { note: '不再需要' })
      expect(outcomeOf(await retry(entry.id))).toBe('409 OUTBOX_NOT_OPEN')
      expect(outcomeOf(await resolve(entry.id, { note: 'x' }))).toBe('409 OUTBOX_NOT_OPEN')
      await set(entry.id, { state: 'SENDING' })
      expect(outcomeOf(await retry(entry.id))).toBe('409 OUTBOX_NOT_OPEN')
      expect(outcomeOf(await resolve(entry.id, { note: 'x' }))).toBe('409 OUTBOX_NOT_OPEN')
      expect((await retry('0195b000-0000-7000-8000-000000000000')).status).toBe(404)
      expect((await retry('nonsense')).status).toBe(400)
    })

    test('the same key decides once', async () => {
      const { entry } = await unknown()
      const once = () => retry(entry.id, { ...crew.admin, headers: { 'idempotency-key': 'k1' } })
      const [first, second] = [await once(), await once()]
      expect([first.status, second.body]).toEqual([200, first.body])
    })

    test('two decisions at once: one counts', async () => {
      const { entry } = await unknown()
      const answers = await Promise.all([resolve(entry.id, { note: 'a' }), resolve(entry.id, { note: 'b' })])
      expect(answers.map(outcomeOf).toSorted()).toEqual(['409 OUTBOX_NOT_OPEN', 'OK'])
    })

    test('answers are what the OpenAPI document says', async () => {
      const { entry } = await unknown()
      const { paths } = (await app.api.get('/openapi.json')).body
      const check = (method: string, route: string, { status, body }: { status: number; body: unknown }) => {
        const { content } = paths[route][method].responses[String(status)]
        expect(schemaFaults(content['application/json'].schema, body)).toEqual([])
      }
      const base = '/api/v1/admin'
      check('get', `${base}/outbox`, await app.api.get(`${base}/outbox`, crew.admin))
      check('get', `${base}/ngs/drift`, await app.api.get(`${base}/ngs/drift`, crew.admin))
      check('get', `${base}/jobs`, await app.api.get(`${base}/jobs`, crew.admin))
      check('post', `${base}/outbox/{id}/retry`, await retry(entry.id))
      check('post', `${base}/outbox/{id}/resolve`, await resolve(entry.id, { note: 'x' }))
      check('post', `${base}/outbox/{id}/resolve`, await resolve(entry.id, { note: 'x' }))
      check('get', `${base}/external/logs`, await app.api.get(`${base}/external/logs`, crew.admin))
    })
  })

  describe('the drift report', () => {
    const drift = async (query = '') => (await app.api.get(`/api/v1/admin/ngs/drift?${query}`, crew.admin)).body.data

    test('is empty where both agree, also while something is on its way', async () => {
      const { number } = await submitTask(app, crew)
      await send(app)
      await app.api.post(`/api/v1/tasks/${number}/cancel`, { reason: 'x' }, crew.customer)
      expect(await drift()).toMatchObject({ total: 0, list: [] })
    })

    test('names what is in doubt, dead, waiting, late or never sent', async () => {
      const [doubt, dead, waiting, late, never] = [
        await submitTask(app, crew, '一'),
        await submitTask(app, crew, '二'),
        await submitTask(app, crew, '三'),
        await submitTask(app, crew, '四'),
        await submitTask(app, crew, '五'),
      ]
      const rows = await outboxRows(app)
      const entryOf = (task: { id: string }) => rows.find(({ key }) => key === task.id)!.id
      await set(entryOf(doubt), { state: 'UNKNOWN' })
      await set(entryOf(dead), { state: 'DEAD', last_error: 'ngs 没有受理，原文见外部调用记录' })
      await set(entryOf(waiting), { waiting_for: 'CUSTOMER_GUID' })
      await app.context.database.db.deleteFrom('outbox').where('id', '=', entryOf(never)).execute()
      app.clock.advance(10 * 60_000 + 1)
      const { list, total } = await drift()
      expect(total).toBe(5)
      const reasons = Object.fromEntries(list.map((row: any) => [row.task_id, row.reason]))
      expect(reasons).toEqual({
        [doubt.number]: 'UNKNOWN',
        [dead.number]: 'DEAD',
        [waiting.number]: 'WAITING_CUSTOMER_GUID',
        [late.number]: 'LATE',
        [never.number]: 'NEVER_SENT',
      })
      expect(list.find((row: any) => row.reason === 'DEAD')).toMatchObject({
        expected: 'open',
        known: 'none',
        outbox_id: entryOf(dead),
        unsent: ['ngs.send'],
      })
      expect(await drift(`q=${late.number}`)).toMatchObject({ total: 1, list: [{ task_id: late.number }] })
      expect((await drift('q=nowhere')).total).toBe(0)
    })

    test('leaves out what is older than the connection, such as the tasks of the demo', async () => {
      await app.context.database.db.deleteFrom('outbox').execute()
      const old = await submitTask(app, crew, '旧')
      await app.context.database.db.deleteFrom('outbox').execute()
      await seedDemo(app.context)
      expect((await drift()).total).toBe(0)
      app.clock.advance(60_000)
      const fresh = await submitTask(app, crew, '新')
      const lost = await submitTask(app, crew, '丢')
      await app.context.database.db.deleteFrom('outbox').where('key', '=', lost.id).execute()
      await send(app)
      const { list } = await drift()
      expect(list.map((row: any) => [row.task_id, row.reason])).toEqual([[lost.number, 'NEVER_SENT']])
      expect([old.number, fresh.number]).not.toContain(lost.number)
    })

    test('tells what ngs should hold and what it was told', async () => {
      const { number } = await submitTask(app, crew)
      await send(app)
      await app.api.post(`/api/v1/tasks/${number}/cancel`, { reason: 'x' }, crew.customer)
      app.sandbox.ngs.control({ refusals: [{ message: 'no', times: 99 }] })
      await send(app)
      app.clock.advance(11 * 60_000)
      expect((await drift()).list).toMatchObject([{ expected: 'failed', known: 'open', unsent: ['ngs.failedClose'] }])
    })
  })

  test('no secret is in the database, the log or an answer', async () => {
    const { number } = await submitTask(app, crew)
    app.sandbox.ngs.control({ refusals: [{ message: `token=${SANDBOX_NGS_TOKEN}`, times: 1 }] })
    await send(app)
    app.clock.advance(5_000)
    await send(app)
    await app.context.externalLog.flush()
    expect(await countOf(app, 'external_api_log')).toBeGreaterThanOrEqual(2)
    const answers = await Promise.all(
      ['outbox', 'ngs/drift', 'external/logs', 'audit', 'jobs'].map((name) =>
        app.api.get(`/api/v1/admin/${name}`, crew.admin),
      ),
    )
    const shown = JSON.stringify(answers.map(({ body }) => body)) + app.logs.join('')
    expect(shown).toContain(number)
    expect(shown).not.toContain(SANDBOX_NGS_TOKEN)
    if (engine === 'sqlite')
      for (const file of fs.readdirSync(app.dataDir).filter((name) => name.startsWith('app.db')))
        expect(fs.readFileSync(path.join(app.dataDir, file)).includes(SANDBOX_NGS_TOKEN)).toBe(false)
  })

  test('how much is owed is in the metrics, by topic and state', async () => {
    const { id } = await submitTask(app, crew)
    await submitTask(app, crew)
    await app.context.database.db.updateTable('outbox').set({ state: 'DEAD' }).where('key', '=', id).execute()
    app.queries.length = 0
    const scrape = async () => (await app.api.get('/metrics')).body as string
    expect(await scrape()).toContain('outbox_entries{topic="ngs.send",state="DEAD"} 1')
    expect(await scrape()).toContain('outbox_entries{topic="ngs.send",state="PENDING"} 1')
    expect(app.queries.filter((sql) => sql.includes('outbox'))).toHaveLength(1)
  })

  test('the demo owes nothing and leaves no record of calls', async () => {
    const other = await startTestApp({ ngs: true })
    await seedDemo(other.context)
    expect([await countOf(other, 'outbox'), await countOf(other, 'external_api_log')]).toEqual([0, 0])
    expect(operations(other)).toEqual([])
    await other.close()
  })
})
