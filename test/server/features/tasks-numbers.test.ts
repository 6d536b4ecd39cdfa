import { buildFile, buildForm, buildPdf, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('task numbers on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const create = async (changes = {}) =>
    (await app.api.post('/api/v1/tasks', buildSubmission(changes), { token })).body.data?.task_id as string | undefined
  const sorted = (ids: (string | undefined)[]) => ids.filter((id) => id !== undefined).toSorted()
  const numbered = (day: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `T${day}${String(from + i).padStart(4, '0')}`)

  test('20 parallel submissions take 20 numbers without gap or clash', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => create()))
    expect(sorted(ids)).toEqual(numbered('20260302', 1, 20))
  })

  test('the day changes at midnight in Shanghai, not in Greenwich', async () => {
    app.clock.set('2026-03-02T15:59:59.999Z')
    expect(await create()).toBe('T202603020001')
    app.clock.set('2026-03-02T16:00:00.000Z')
    expect(await create()).toBe('T202603030001')
    app.clock.set('2026-03-03T00:00:00.000Z')
    expect(await create()).toBe('T202603030002')
  })

  test('20 parallel submissions over midnight stay without gap on both days', async () => {
    app.clock.set('2026-03-02T15:59:59.900Z')
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        if (i === 10) app.clock.set('2026-03-02T16:00:00.000Z')
        return create()
      }),
    )
    for (const day of new Set(ids.map((id) => id!.slice(1, 9)))) {
      const own = sorted(ids).filter((id) => id.startsWith(`T${day}`))
      expect(own).toEqual(numbered(day, 1, own.length))
    }
    expect(ids).toHaveLength(20)
  })

  test('a submission whose midnight falls into its upload still gets a number', async () => {
    app.clock.set('2026-03-02T15:59:59.999Z')
    const take = app.context.storage.take.bind(app.context.storage)
    app.context.storage.take = async (...args) => {
      app.clock.set('2026-03-02T16:00:00.000Z')
      await take(...args)
    }
    const form = buildForm(formFields(buildSubmission()), [['files', buildFile(buildPdf(), 'a.pdf')]])
    const { status, body } = await app.api.upload('/api/v1/tasks', form, { token })
    expect([status, body.data.task_id]).toEqual([200, 'T202603020001'])
    expect(await create()).toBe('T202603030001')
  })

  test('a refused submission leaves no gap', async () => {
    expect(await create()).toBe('T202603020001')
    expect(await create({ file_ids: ['00000000-0000-4000-8000-000000000000'] })).toBeUndefined()
    expect(await create({ description: '' })).toBeUndefined()
    expect(await create()).toBe('T202603020002')
  })

  test('refused ones among parallel ones leave no gap either', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        create(i % 2 ? { file_ids: [`00000000-0000-4000-8000-${String(i).padStart(12, '0')}`] } : {}),
      ),
    )
    expect(sorted(ids)).toEqual(numbered('20260302', 1, 10))
  })

  test('the 10,000th of a day is counted on', async () => {
    await create()
    await app.context.database.db.updateTable('task_sequence').set({ last_number: 9998 }).execute()
    expect([await create(), await create()]).toEqual(['T202603029999', 'T2026030210000'])
  })

  test('customers share one sequence', async () => {
    await create()
    token = await app.api.customer('demo-second')
    expect(await create()).toBe('T202603020002')
  })

  test('every number has its task, step, event and no half one is left', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => create(i % 3 ? {} : { file_ids: ['x'] })))
    const { db } = app.context.database
    const count = async (table: 'task' | 'step_record' | 'hc_work_order_events') =>
      Number(
        (
          await db
            .selectFrom(table)
            .select((eb) => eb.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      )
    expect([await count('task'), await count('step_record'), await count('hc_work_order_events')]).toEqual([6, 6, 6])
  })
})
