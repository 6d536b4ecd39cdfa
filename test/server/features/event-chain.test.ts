import { sql } from 'kysely'
import { createEventRepository } from '../../../server/features/work-order-events/repository'
import { createVerifier } from '../../../server/features/work-order-events/verify'
import { addAcceptedOrder, addCrew, buildCheckin, type Crew } from '../../support/field-work'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

/** Tampering goes past the server, straight into the database. */
describe.each(ENGINES)('the event chain on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let workOrderId: string

  beforeEach(async () => {
    app = await startTestApp({ engine })
    crew = await addCrew(app)
    workOrderId = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, workOrderId)
    await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
  })
  afterEach(() => app.close())

  const verify = async () => app.context.verifyEvents(await app.context.chainHeads.read())
  const db = () => app.context.database.db
  const events = () =>
    db()
      .selectFrom('hc_work_order_events')
      .selectAll()
      .where('work_order_id', '=', workOrderId)
      .orderBy('seq')
      .execute()
  const fault = async () => (await verify()).fault

  test('is whole as the server wrote it', async () => {
    expect(await verify()).toEqual({ workOrders: 1, events: 4, fault: null })
  })

  test('of one work order is verified for the console, by UUID or number', async () => {
    const verdict = async (id: string, who = crew.dispatcher) =>
      app.api.post(`/api/v1/admin/tasks/${id}/verify`, {}, who)
    const { task_id: number } = await db().selectFrom('task').select('task_id').executeTakeFirstOrThrow()
    for (const id of [workOrderId, number])
      expect((await verdict(id)).body.data).toEqual({ ok: true, events: 4, first_fault: null })
    expect((await verdict('T209901010001')).status).toBe(404)
    expect((await verdict(workOrderId, crew.worker)).status).toBe(403)
    await app.context.chainHeads.write()
    await db().updateTable('hc_work_order_events').set({ actor_name: 'x' }).where('seq', '=', 2).execute()
    expect((await verdict(number)).body.data).toEqual({ ok: false, events: 4, first_fault: '第 2 条记录被改动' })
    await db().deleteFrom('hc_work_order_events').where('seq', '>=', 2).execute()
    const [first] = await events()
    await db().updateTable('task').set({ event_seq: 1, event_head: first!.hash }).execute()
    expect((await verdict(number)).body.data.first_fault).toBe('第 2 条及之后的记录被截去')
  })

  test.each(['payload', 'actor_name', 'event_type', 'created_at'] as const)('shows a changed %s', async (column) => {
    const value = column === 'created_at' ? new Date(0) : 'x'
    await db()
      .updateTable('hc_work_order_events')
      .set({ [column]: value })
      .where('seq', '=', 2)
      .execute()
    expect(await fault()).toEqual({ workOrderId, seq: 2, what: 'row 2 was altered' })
  })

  test('shows a changed row whose hash was made up', async () => {
    await db()
      .updateTable('hc_work_order_events')
      .set({ payload: '{}', hash: 'f'.repeat(64) })
      .where('seq', '=', 3)
      .execute()
    expect(await fault()).toMatchObject({ seq: 3 })
  })

  test('shows a row deleted from the middle', async () => {
    await db().deleteFrom('hc_work_order_events').where('seq', '=', 2).execute()
    expect(await fault()).toEqual({ workOrderId, seq: 2, what: 'row 2 was removed' })
  })

  test('shows a deleted row behind which the others were moved up', async () => {
    await db().deleteFrom('hc_work_order_events').where('seq', '=', 2).execute()
    for (const seq of [3, 4])
      await db()
        .updateTable('hc_work_order_events')
        .set({ seq: seq - 1 })
        .where('seq', '=', seq)
        .execute()
    expect(await fault()).toMatchObject({ seq: 2, what: expect.stringContaining('inserted or reordered') })
  })

  test('shows an inserted row', async () => {
    const rows = await events()
    await db().updateTable('hc_work_order_events').set({ seq: 5 }).where('seq', '=', 4).execute()
    await db()
      .insertInto('hc_work_order_events')
      .values({ ...rows[2]!, id: 'forged', seq: 4 })
      .execute()
    expect(await fault()).toMatchObject({ seq: 4 })
  })

  test('shows a row added at the end', async () => {
    const last = (await events()).at(-1)!
    await db()
      .insertInto('hc_work_order_events')
      .values({ ...last, id: 'forged', seq: 5, prev_hash: last.hash })
      .execute()
    expect(await fault()).toMatchObject({ seq: 5 })
  })

  test('shows two rows that changed places', async () => {
    await db().updateTable('hc_work_order_events').set({ seq: 9 }).where('seq', '=', 2).execute()
    await db().updateTable('hc_work_order_events').set({ seq: 2 }).where('seq', '=', 3).execute()
    await db().updateTable('hc_work_order_events').set({ seq: 3 }).where('seq', '=', 9).execute()
    expect(await fault()).toMatchObject({ seq: 2, what: expect.stringContaining('reordered') })
  })

  test('shows a tail that was cut off', async () => {
    await db().deleteFrom('hc_work_order_events').where('seq', '>=', 3).execute()
    expect(await fault()).toEqual({ workOrderId, seq: 3, what: 'row 3 and all after it were cut off' })
  })

  test('shows a cut tail even where the task row was mended, by the daily heads', async () => {
    await app.context.chainHeads.write()
    await db().deleteFrom('hc_work_order_events').where('seq', '=', 4).execute()
    const last = (await events()).at(-1)!
    await sql`update task set event_seq = 3, event_head = ${last.hash}`.execute(db())
    expect(await fault()).toEqual({ workOrderId, seq: 4, what: 'row 4 and all after it were cut off' })
  })

  /** Takes the last row off and mends the task row, so that the chain is whole in itself. */
  const cutOffLast = async () => {
    await db().deleteFrom('hc_work_order_events').where('seq', '=', 4).execute()
    const last = (await events()).at(-1)!
    await sql`update task set event_seq = 3, event_head = ${last.hash}`.execute(db())
  }

  test('shows a cut tail after the heads were kept once more on the same day', async () => {
    await app.context.chainHeads.write()
    await cutOffLast()
    app.clock.advance(60_000)
    await app.context.chainHeads.write()
    expect(await fault()).toEqual({ workOrderId, seq: 4, what: 'row 4 and all after it were cut off' })
  })

  test('shows a cut tail that grew again', async () => {
    await app.context.chainHeads.write()
    await cutOffLast()
    for (const description of ['检测', '补充'])
      await app.api.post(`/homecare/work-orders/${workOrderId}/steps`, { step: 2, description }, crew.worker)
    app.clock.advance(60_000)
    await app.context.chainHeads.write()
    expect(await fault()).toMatchObject({ workOrderId, seq: 4 })
  })

  test('is not called broken because it grew while it was read', async () => {
    const url = `/homecare/work-orders/${workOrderId}/steps`
    const repository = createEventRepository(app.context.database)
    let grown = 0
    const slow = {
      ...repository,
      chains: async (ids: string[]) => {
        if (grown++ < 2) await app.api.post(url, { step: 2, description: '检测' }, crew.worker)
        return repository.chains(ids)
      },
    }
    const verifyWhileGrowing = createVerifier({ repository: slow, key: app.secrets.eventKey })
    expect((await verifyWhileGrowing(new Map())).fault).toBeNull()
  })

  test('is not called broken because of an order that was submitted between its two readings', async () => {
    const repository = createEventRepository(app.context.database)
    let early = 2
    const torn = {
      ...repository,
      firstOrphan: async () => (early-- > 0 ? { work_order_id: workOrderId, seq: 1 } : repository.firstOrphan()),
    }
    const verifyTorn = createVerifier({ repository: torn, key: app.secrets.eventKey })
    expect((await verifyTorn(new Map())).fault).toBeNull()
  })

  test('shows a work order that vanished with all its events', async () => {
    await app.context.chainHeads.write()
    for (const table of [
      'hc_work_order_events',
      'ec_care_tasks',
      'hc_dispatch_assignments',
      'task_file',
      'step_record',
    ] as const)
      await db().deleteFrom(table).execute()
    await db().deleteFrom('task').execute()
    expect(await fault()).toMatchObject({ workOrderId, what: 'the work order and its events were removed' })
  })

  test('goes on being whole after the heads were kept and the order moved on', async () => {
    await app.context.chainHeads.write()
    await app.api.post(`/homecare/work-orders/${workOrderId}/steps`, { step: 2, description: '检测' }, crew.worker)
    expect((await verify()).fault).toBeNull()
  })

  test('shows events of an order that never was', async () => {
    const [row] = await events()
    await db()
      .insertInto('hc_work_order_events')
      .values({ ...row!, id: 'forged', work_order_id: 'nobody' })
      .execute()
    expect(await fault()).toMatchObject({ workOrderId: 'nobody' })
  })
})
