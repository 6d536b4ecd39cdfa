import { keysOf, refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('subscriptions and the inbox on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const subscribe = (results: unknown) => app.api.post('/api/v1/subscriptions', { results }, { token })
  const credits = () =>
    app.context.database.db
      .selectFrom('subscription_credit')
      .select(['template_id', 'credits'])
      .orderBy('template_id')
      .execute()
  const tell = (audience: string, title: string) =>
    app.context.notifications.add(app.context.database.db, audience, {
      event: 'DISPATCHED',
      title,
      content: '内容',
      taskId: 'T202603020001',
    })
  const inbox = async (query = '', by = token) =>
    (await app.api.get(`/api/v1/notifications?${query}`, { token: by })).body.data

  test('one accept is one message, other answers are none', async () => {
    const { status, body } = await subscribe({ T1: 'accept', T2: 'reject', T3: 'ban', T4: 'filter' })
    expect([status, body.data]).toEqual([200, { accepted: 1 }])
    await subscribe({ T1: 'accept', T5: 'accept' })
    expect(await credits()).toEqual([
      { template_id: 'T1', credits: 2 },
      { template_id: 'T5', credits: 1 },
    ])
  })

  test('ten accepts at once are ten messages', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => subscribe({ T1: 'accept' })))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(await credits()).toEqual([{ template_id: 'T1', credits: 10 }])
  })

  test.each([
    [undefined, 'results'],
    [null, 'results'],
    ['accept', 'results'],
    [['accept'], 'results'],
    [{ T1: 'yes' }, 'results.T1'],
    [{ T1: 1 }, 'results.T1'],
    [{ T1: null }, 'results.T1'],
    [{ '': 'accept' }, 'results.'],
    [{ ['x'.repeat(65)]: 'accept' }, `results.${'x'.repeat(65)}`],
    [Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`T${i}`, 'accept'])), 'results'],
  ])('the results %p are refused', async (results, path) => {
    expect(refusedPaths(await subscribe(results))).toEqual([path])
    expect(await credits()).toEqual([])
  })

  test.each(['constructor', "'; drop table subscription_credit; --", '模板', 'toString'])(
    'a template called %p is a name',
    async (name) => {
      expect((await subscribe({ [name]: 'accept' })).status).toBe(200)
      expect(await credits()).toEqual([{ template_id: name, credits: 1 }])
    },
  )

  test('the inbox is newest first, paged, and what was shown is read', async () => {
    for (let i = 1; i <= 12; i++) {
      await tell('customer:1', `第${i}条`)
      app.clock.advance(1000)
    }
    const first = await inbox()
    expect(first).toMatchObject({ total: 12, pages: 2, current: 1, size: 10 })
    expect(keysOf(first.list[0])).toEqual(['content', 'create_time', 'event', 'id', 'read', 'task_id', 'title'])
    expect(first.list[0]).toMatchObject({ title: '第12条', read: false, task_id: 'T202603020001' })
    expect(first.list[0].create_time).toBe('2026-03-02 10:00:11')
    expect((await inbox()).list.every((entry: { read: boolean }) => entry.read)).toBe(true)
    expect((await inbox('page=2')).list.map((entry: { read: boolean }) => entry.read)).toEqual([false, false])
  })

  test('nobody reads the messages of somebody else', async () => {
    await tell('customer:1', '私信')
    await tell('staff:1', '内部')
    expect(await inbox('', await app.api.customer('demo-other'))).toMatchObject({ total: 0, list: [] })
    expect((await inbox()).total).toBe(1)
  })

  test.each(['page=0', 'size=0', 'size=101', 'size=abc'])('?%s is refused', async (query) => {
    const answer = await app.api.get(`/api/v1/notifications?${query}`, { token })
    expect(refusedPaths(answer)).toEqual([query.split('=')[0]])
  })
})
