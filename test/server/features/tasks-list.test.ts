import { TASK_TYPES } from '../../../types/task-types'
import { refusedPaths } from '../../support/answers'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('the list of tasks on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
    for (let i = 1; i <= 23; i++) {
      await app.api.post('/api/v1/tasks', buildSubmission({ description: `第${i}次 ${TEXTS[i] ?? ''}` }), { token })
      app.clock.advance(1000)
    }
    const other = await app.api.customer('demo-other')
    await app.api.post('/api/v1/tasks', buildSubmission({ description: '别人的 50%' }), { token: other })
  })
  afterAll(() => app.close())

  const TEXTS: Record<number, string> = {
    1: '50% off',
    2: 'a_b',
    3: '[x]',
    4: "it's",
    5: 'c\\d',
    6: '500 off',
    7: 'axb',
  }
  const list = (query: string, by = token) => app.api.get(`/api/v1/tasks?${query}`, { token: by })
  const numbers = async (query: string) => {
    const { status, body } = await list(query)
    expect(status).toBe(200)
    return body.data.list.map((row: { task_id: string }) => Number(row.task_id.slice(-4))) as number[]
  }

  test('is newest first, ten a page unless asked otherwise', async () => {
    expect(await numbers('')).toEqual([23, 22, 21, 20, 19, 18, 17, 16, 15, 14])
    expect(await numbers('page=2')).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4])
    expect(await numbers('page=3')).toEqual([3, 2, 1])
    expect(await numbers('page=4')).toEqual([])
    expect(await numbers('size=100')).toHaveLength(23)
  })

  test.each([
    ['', { total: 23, pages: 3, current: 1, size: 10 }],
    ['page=3', { total: 23, pages: 3, current: 3, size: 10 }],
    ['page=9', { total: 23, pages: 3, current: 9, size: 10 }],
    ['size=23', { total: 23, pages: 1, current: 1, size: 23 }],
    ['size=1&page=23', { total: 23, pages: 23, current: 23, size: 1 }],
    ['status=cancelled', { total: 0, pages: 0, current: 1, size: 10 }],
  ])('?%s tells its place', async (query, place) => {
    const { list: _rows, ...rest } = (await list(query)).body.data
    expect(rest).toEqual(place)
  })

  test.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=abc', 'page'],
    ['page=1.5', 'page'],
    ['page=1000001', 'page'],
    ['page=1&page=2', 'page'],
    ['page=', 'page'],
    ['size=0', 'size'],
    ['size=101', 'size'],
    ['size=abc', 'size'],
    ['size=1e1', 'size'],
    ['status=done', 'status'],
    ['type=nothing', 'type'],
    ['type=repair&type=leasing', 'type'],
    [`q=${'x'.repeat(101)}`, 'q'],
    ['q=%00', 'q'],
    ['q=a&q=b', 'q'],
  ])('?%s is refused by name', async (query, path) => {
    expect(refusedPaths(await list(query))).toEqual([path])
  })

  test.each([
    ['50%', [1]],
    ['50%25', []],
    ['a_b', [2]],
    ['[x]', [3]],
    ["it's", [4]],
    ['c\\d', [5]],
    ['%', [1]],
    ['_', [2]],
    ['\\', [5]],
    ["' or '1'='1", []],
    ['第23次', [23]],
    ['T202603020007', [7]],
    ['色谱', [23, 22, 21, 20, 19, 18, 17, 16, 15, 14]],
  ])('q=%p finds exactly %p', async (q, expected) => {
    expect(await numbers(`q=${encodeURIComponent(q)}`)).toEqual(expected)
  })

  test('is filtered by status and type, together with q', async () => {
    const { db } = app.context.database
    await db.updateTable('task').set({ status: 'closed' }).where('task_id', '=', 'T202603020005').execute()
    await db
      .updateTable('task')
      .set({ type: 'leasing' })
      .where('task_id', 'in', ['T202603020005', 'T202603020006'])
      .execute()
    expect(await numbers('status=closed')).toEqual([5])
    expect(await numbers('type=leasing')).toEqual([6, 5])
    expect(await numbers('type=leasing&status=open&q=off')).toEqual([6])
    expect(await numbers('status=&type=&q=&size=2')).toEqual([23, 22])
    for (const type of TASK_TYPES) expect((await list(`type=${type}`)).status).toBe(200)
  })

  test('never shows a task of somebody else', async () => {
    const other = await app.api.customer('demo-other')
    const { body } = await list('', other)
    expect(body.data.list.map((row: { description: string }) => row.description)).toEqual(['别人的 50%'])
    expect((await list('', await app.api.customer('demo-nobody'))).body.data).toEqual({
      total: 0,
      pages: 0,
      current: 1,
      size: 10,
      list: [],
    })
  })

  describe('queries per request', () => {
    async function queriesOf(request: () => Promise<{ status: number }>): Promise<string[]> {
      app.queries.length = 0
      expect((await request()).status).toBe(200)
      // The record of calls to partners is written behind the requests, whenever it is ready.
      return app.queries.filter((text) => !/^(begin|commit)|external_api_log/i.test(text))
    }

    test('the profile takes 1', async () => {
      expect(await queriesOf(() => app.api.get('/api/v1/user/profile', { token }))).toHaveLength(1)
    })

    test('a page takes 3 at most, whatever its size and filter', async () => {
      for (const query of ['', 'page=2', 'size=100', 'q=off', 'status=open&type=repair&q=%25'])
        expect((await queriesOf(() => list(query))).length).toBeLessThanOrEqual(3)
    })

    test('a detail takes 4 however many steps and files it has', async () => {
      expect(await queriesOf(() => app.api.get('/api/v1/tasks/T202603020001', { token }))).toHaveLength(4)
    })

    test('a submission takes no more with files than without, but for the file rows', async () => {
      const create = () => app.api.post('/api/v1/tasks', buildSubmission(), { token })
      await create()
      expect((await queriesOf(create)).length).toBeLessThanOrEqual(9)
    })
  })
})
