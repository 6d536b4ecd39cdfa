import Sqlite from 'better-sqlite3'
import path from 'node:path'
import type { ApiAnswer } from '../../support/api-client'
import { buildSubmission } from '../../support/builders'
import { buildPhoto, evidenceForm, outcomeOf, SITE } from '../../support/field-work'
import { cleanUp, removeTemplate, startServer, usedDataDir } from '../../support/server-process'

const ROUNDS = 5
type Server = Awaited<ReturnType<typeof startServer>>

/** Real processes on one SQLite file: here nothing but the database's own locks keeps them apart. */
describe('races between three processes on one SQLite file', () => {
  let servers: Server[]
  let dataDir: string
  let worker: { token: string }
  let workerId: string
  let dispatcher: { token: string }
  let customer: { token: string }
  beforeAll(async () => {
    dataDir = await usedDataDir()
    servers = [await startServer({ DATA_DIR: dataDir }), await startServer({ DATA_DIR: dataDir })]
    servers.push(await startServer({ DATA_DIR: dataDir }))
    const { api } = servers[0]!
    worker = { token: await api.staff('worker@example.com') }
    workerId = (await api.get('/auth/me', worker)).body.data.id
    dispatcher = { token: await api.staff('dispatcher@example.com') }
    customer = { token: await api.customer() }
  }, 120_000)
  afterAll(async () => {
    for (const server of servers) await server.stop()
    cleanUp()
    await removeTemplate()
  })
  const server = (index: number) => servers[index % servers.length]!.api
  const outcomes = async (calls: Promise<ApiAnswer>[]) => (await Promise.all(calls)).map(outcomeOf).toSorted()

  async function addOrder(): Promise<string> {
    const { body } = await server(0).post('/api/v1/tasks', buildSubmission({ customer: SITE }), customer)
    return (await server(0).get(`/api/v1/tasks/${body.data.task_id}`, customer)).body.data.id
  }
  async function accept(workOrderId: string): Promise<void> {
    await server(0).post('/homecare/dispatch', { workOrderId, workerId }, dispatcher)
    await server(0).post('/homecare/accept', { workOrderId }, worker)
  }
  function read(workOrderId: string) {
    const db = new Sqlite(path.join(dataDir, 'app.db'), { readonly: true })
    const all = (text: string) => db.prepare(text).all(workOrderId) as Record<string, unknown>[]
    const result = {
      live: all('select * from hc_dispatch_assignments where live_key = ?'),
      visits: all('select * from ec_care_tasks where work_order_id = ?'),
      events: all(
        'select seq, event_type, prev_hash, hash from hc_work_order_events where work_order_id = ? order by seq',
      ),
    }
    db.close()
    for (const [index, event] of result.events.entries()) {
      expect(event.seq).toBe(index + 1)
      expect(event.prev_hash).toBe(result.events[index - 1]?.hash ?? '')
    }
    return { ...result, types: result.events.map((event) => event.event_type) }
  }

  test('nine dispatches at once assign once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const workOrderId = await addOrder()
      const answers = await outcomes(
        Array.from({ length: 9 }, (_, i) =>
          server(i).post('/homecare/dispatch', { workOrderId, workerId }, dispatcher),
        ),
      )
      expect(answers).toEqual([...Array(8).fill('409 ALREADY_ASSIGNED'), 'OK'])
      expect(read(workOrderId)).toMatchObject({ live: { length: 1 }, types: ['SUBMITTED', 'DISPATCHED'] })
    }
  })

  test('six submits and three syncs at once are one visit, no 500 and no lost event', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const workOrderId = await addOrder()
      await accept(workOrderId)
      const uploaded = await server(0).upload(
        '/homecare/evidence',
        evidenceForm(workOrderId, await buildPhoto()),
        worker,
      )
      const evidenceFileIds = [uploaded.body.data.file_id]
      const checkin = { workOrderId, ...SITE, evidenceFileIds, signature: '张三已确认到场签到' }
      const item = { clientId: `r${round}`, kind: 'checkin', capturedAt: new Date().toISOString(), payload: checkin }
      const submits = Array.from({ length: 6 }, (_, i) => server(i).post('/homecare/checkin/submit', checkin, worker))
      const syncs = Array.from({ length: 3 }, (_, i) => server(i).post('/homecare/sync', { items: [item] }, worker))
      const submitted = await outcomes(submits)
      const synced = (await Promise.all(syncs)).map(({ status, body }) => [status, body.data.results[0].status])
      const made = submitted.filter((outcome) => outcome === 'OK').length
      expect(submitted.filter((outcome) => outcome !== 'OK')).toEqual(Array(6 - made).fill('409 ALREADY_CHECKED_IN'))
      expect(synced.map(([status]) => status)).toEqual([200, 200, 200])
      expect(made + synced.filter(([, status]) => status === 'accepted').length).toBe(1)
      const { visits, types } = read(workOrderId)
      expect(visits).toMatchObject([{ visit_no: 1, status: 'CHECKED_IN' }])
      expect(types.filter((type) => type === 'CHECKED_IN')).toHaveLength(1)
    }
  })

  test('cancel against check-in against reassign leaves one story', async () => {
    const cancelled = async (workOrderId: string, shift: number) =>
      server(shift).post('/homecare/cancel', { workOrderId, reason: '重复' }, dispatcher)
    for (let round = 0; round < ROUNDS; round++) {
      const workOrderId = await addOrder()
      await accept(workOrderId)
      const [submit, cancel, reject] = await Promise.all([
        server(round).post('/homecare/checkin/submit', { workOrderId, ...SITE }, worker),
        cancelled(workOrderId, round + 1),
        server(round + 2).post('/homecare/reject', { workOrderId, reason: '忙' }, worker),
      ])
      expect(outcomeOf(cancel)).toBe('OK')
      expect(['OK', '409 TASK_CLOSED']).toContain(outcomeOf(reject))
      expect(submit.status).toBe(400)
      const { live, visits, types } = read(workOrderId)
      expect([live, visits]).toEqual([[], []])
      expect(types.filter((type) => type === 'CANCELLED')).toHaveLength(1)
      expect(types.filter((type) => type === 'CHECKIN_REJECTED')).toHaveLength(1)
    }
  })
})
