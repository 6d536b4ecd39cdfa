import type { Context } from '../../../server/context'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { buildPhoto, evidenceForm, northOfSite, outcomeOf, SITE } from '../../support/field-work'
import { onServerData, useServerData } from '../../support/server-data'
import { startServer } from './server-process'

const KILLS = 5
const ORDERS = 60
const CLIENTS = 6
/** Of a round's check-ins, how many are acknowledged at most before the server is killed. */
const KILL_WITHIN = 8
/** What `fetch` says when the server is gone before or within an answer. */
const BROKEN_OFF = ['fetch failed', 'terminated']

type Server = Awaited<ReturnType<typeof startServer>>

interface Order {
  id: string
  evidence: string
}

describe.each(ENGINES)('kill −9 during a burst of check-ins (%s)', (engine) => {
  const data = useServerData(engine)

  test('every order has no visit or a whole one, acknowledged ones are there, and the chains verify', async () => {
    const first = await startServer(data.env)
    const worker = await first.api.staff('worker@example.com')
    const orders = await addOrders(first, worker)
    expect(await first.stop()).toMatchObject({ code: 0 })

    const visits = new Map<string, string>()
    for (let kill = 1; kill <= KILLS; kill++) {
      const server = await startServer(data.env)
      await burst(server, worker, { orders: orders.filter(({ id }) => !visits.has(id)), visits })
      expect(await server.ended).toMatchObject({ signal: 'SIGKILL' })
      await onServerData(data.env, (context) => expectWhole(context, orders, visits))
    }
    expect(visits.size).toBeGreaterThanOrEqual(KILLS)

    const last = await startServer(data.env)
    for (const order of orders) await expectOneVisit(last, worker, { order, known: visits.get(order.id) })
    expect(await last.stop()).toMatchObject({ code: 0 })
    await onServerData(data.env, async (context) => {
      await expectWhole(context, orders, visits)
      expect((await checkedIn(context, orders)).size).toBe(ORDERS)
    })
  }, 120_000)
})

/** Orders accepted by the worker, a photo with each. */
async function addOrders({ api }: Server, worker: string): Promise<Order[]> {
  const customer = { token: await api.customer('demo-burst') }
  const dispatcher = { token: await api.staff('dispatcher@example.com') }
  const { body: me } = await api.get('/auth/me', { token: worker })
  return Promise.all(
    Array.from({ length: ORDERS }, async () => {
      const { body: made } = await api.post('/api/v1/tasks', buildSubmission({ customer: SITE }), customer)
      const { body: detail } = await api.get(`/api/v1/tasks/${made.data.task_id}`, customer)
      const id: string = detail.data.id
      await api.post('/homecare/dispatch', { workOrderId: id, workerId: me.data.id }, dispatcher)
      await api.post('/homecare/accept', { workOrderId: id }, { token: worker })
      const form = evidenceForm(id, await buildPhoto())
      const photo = await api.upload('/homecare/evidence', form, { token: worker })
      return { id, evidence: photo.body.data.file_id }
    }),
  )
}

const submit = ({ api }: Server, token: string, { id, evidence }: Order) =>
  api.post(
    '/homecare/checkin/submit',
    {
      workOrderId: id,
      ...northOfSite(10),
      accuracy: 8,
      evidenceFileIds: [evidence],
      signature: '张三已确认到场签到',
    },
    { token },
  )

/**
 * Checks in on these orders from several clients at once, each order from two of them, and kills the server at a random
 * moment; adds what was acknowledged to `visits`.
 */
async function burst(
  server: Server,
  token: string,
  { orders, visits }: { orders: Order[]; visits: Map<string, string> },
): Promise<void> {
  const waiting = orders.flatMap((order) => [order, order])
  let left = 1 + Math.floor(Math.random() * KILL_WITHIN)
  const client = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const answer = await submit(server, token, order)
      if (answer.status === 200) {
        visits.set(order.id, answer.body.data.visitId)
        if (--left === 0) setTimeout(() => server.child.kill('SIGKILL'), Math.random() * 15)
      } else expect(outcomeOf(answer)).toBe('409 ALREADY_CHECKED_IN')
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: CLIENTS }, client))
  server.child.kill('SIGKILL')
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(BROKEN_OFF).toContain((outcome.reason as Error).message)
}

/** An order that a crash left without a visit takes one; any other tells of the one it has. */
async function expectOneVisit(
  server: Server,
  token: string,
  { order, known }: { order: Order; known: string | undefined },
): Promise<void> {
  const { status, body } = await submit(server, token, order)
  if (known) expect([status, body.data.visitId]).toEqual([409, known])
  else expect([200, 409]).toContain(status)
}

/** Visits by order. */
async function checkedIn({ database: { db } }: Context, orders: Order[]) {
  const rows = await db.selectFrom('ec_care_tasks').selectAll().execute()
  const ids = new Set(orders.map(({ id }) => id))
  return new Map(rows.filter((row) => ids.has(row.work_order_id)).map((row) => [row.work_order_id, row]))
}

async function expectWhole(context: Context, orders: Order[], acknowledged: Map<string, string>): Promise<void> {
  const { db } = context.database
  const visits = await checkedIn(context, orders)
  const tasks = new Map(
    (await db.selectFrom('task').select(['id', 'visit_state']).execute()).map((row) => [row.id, row]),
  )
  const files = new Map((await db.selectFrom('task_file').selectAll().execute()).map((row) => [row.id, row]))
  const events = await db.selectFrom('hc_work_order_events').selectAll().execute()
  const fixes = await db.selectFrom('hc_worker_locations').selectAll().where('source', '=', 'submit').execute()
  for (const [orderId, visitId] of acknowledged) expect(visits.get(orderId)?.id).toBe(visitId)
  for (const order of orders) {
    const visit = visits.get(order.id)
    const arrivals = events.filter((event) => event.work_order_id === order.id && event.event_type === 'CHECKED_IN')
    const whole = {
      state: visit ? 'CHECKED_IN' : null,
      evidence: visit?.id ?? null,
      events: visit ? [visit.id] : [],
      fix: visit !== undefined,
    }
    expect({
      state: tasks.get(order.id)!.visit_state,
      evidence: files.get(order.evidence)!.visit_id,
      events: arrivals.map((event) => (JSON.parse(event.payload) as { visit_id: string }).visit_id),
      fix: fixes.some((fix) => fix.work_order_id === order.id),
    }).toEqual(whole)
  }
  const { fault, events: verified } = await context.verifyEvents(await context.chainHeads.read())
  expect(fault).toBeNull()
  expect(verified).toBe(events.length)
}
