import { once } from 'node:events'
import http from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { refusedPaths } from '../../support/answers'
import { buildSubmission } from '../../support/builders'
import { readCsv } from '../../support/csv'
import { ENGINES } from '../../support/engines'
import {
  addCrew,
  addOrder,
  addVisitedOrder,
  type Crew,
  logInAgain,
  NO_LIMITS,
  northOfSite,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const EXPORT = '/api/v1/admin/export'

describe.each(ENGINES)('exports on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(() => app.clock.advance(1000))

  async function download(path: string, { token } = crew.dispatcher) {
    const response = await fetch(`${app.url}${EXPORT}/${path}`, { headers: { authorization: `Bearer ${token}` } })
    return { response, content: Buffer.from(await response.arrayBuffer()) }
  }
  const rows = async (path: string) => {
    const { response, content } = await download(path)
    expect(response.status).toBe(200)
    return readCsv(content)
  }
  const submit = (changes: Parameters<typeof buildSubmission>[0]) =>
    app.api.post('/api/v1/tasks', buildSubmission(changes), crew.customer)

  test('come as a file with the day in its name, for nobody to keep', async () => {
    const { response, content } = await download('tasks.csv')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="tasks-2026-03-02.csv"',
      'cache-control': 'no-store',
    })
    expect(content.subarray(0, 3).toString('hex')).toBe('efbbbf')
    expect(content.toString()).toMatch(/^\uFEFF任务编号,服务类型,状态,当前步骤,[^\n]*\r\n$/)
  })

  test('are for dispatchers and admins, and who took one is written down', async () => {
    for (const name of ['tasks', 'visits', 'evaluations']) {
      expect((await download(`${name}.csv`, crew.worker)).response.status).toBe(403)
      expect((await download(`${name}.csv`, crew.customer)).response.status).toBe(403)
      expect((await app.api.get(`${EXPORT}/${name}.csv`)).status).toBe(401)
      expect((await download(`${name}.csv?from=2026-01-01`, crew.admin)).response.status).toBe(200)
      const { body } = await app.api.get('/api/v1/admin/audit?size=1', crew.admin)
      expect(body.data.list).toMatchObject([
        {
          action: 'export.csv',
          target: `${name}.csv`,
          staff_name: 'admin',
          detail: { from: '2025-12-31T16:00:00.000Z' },
        },
      ])
      app.clock.advance(1000)
    }
  })

  test('refuse a filter the list refuses', async () => {
    expect(refusedPaths(await app.api.get(`${EXPORT}/tasks.csv?from=2026-02-30`, crew.admin))).toEqual(['from'])
    expect(refusedPaths(await app.api.get(`${EXPORT}/tasks.csv?step=8`, crew.admin))).toEqual(['step'])
    expect(refusedPaths(await app.api.get(`${EXPORT}/visits.csv?flagged=1`, crew.admin))).toEqual(['flagged'])
    expect(refusedPaths(await app.api.get(`${EXPORT}/evaluations.csv?to=x`, crew.admin))).toEqual(['to'])
  })

  test('a task is a row in Chinese, whatever its texts hold', async () => {
    const company = '测试"公司", 一部'
    await submit({ customer: { company }, description: '第一行\n第二行,\t"引号"\r\n第三行' })
    expect(await rows('tasks.csv')).toEqual([
      {
        任务编号: 'T202603020001',
        服务类型: '维修',
        状态: '进行中',
        当前步骤: '已提交',
        仪器: '高效液相色谱仪',
        描述: '第一行\n第二行,\t"引号"\r\n第三行',
        客户单位: company,
        联系人: '张三',
        联系电话: '13800138000',
        服务地址: '北京市海淀区中关村',
        服务人员: '',
        派单状态: '未派单',
        到场状态: '未到场',
        预约时间: '',
        来源: '小程序',
        提交时间: expect.stringMatching(/^2026-03-02 10:00:\d\d$/),
        更新时间: expect.any(String),
      },
    ])
  })

  test.each(['=1+1', '+86', '-2+3', '@SUM(A1)', '＝1', "=cmd|'/c calc'!A0", '="a",1\n=2'])(
    'a text that a spreadsheet would run is only text: %j',
    async (description) => {
      await submit({ description })
      const [newest] = await rows('tasks.csv')
      expect(newest!.描述).toBe(`'${description}`)
    },
  )

  test('tab and carriage return before a formula do not hide it', async () => {
    // Outer blanks of submissions are removed: such texts come by other ways.
    for (const description of ['\t=1', '\r=1']) {
      await app.context.database.db.updateTable('task').set({ description }).execute()
      expect((await rows('tasks.csv'))[0]!.描述).toBe(`'${description}`)
    }
  })

  test('visits and evaluations have their own columns', async () => {
    const { workOrderId, visitId } = await addVisitedOrder(app, crew)
    await app.api.post('/homecare/checkout', { workOrderId, ...northOfSite(5), summary: '已修复' }, crew.worker)
    const verdict = { decision: 'refuse', comment: '照片不清' }
    await app.api.post(`/homecare/visits/${visitId}/review`, verdict, crew.dispatcher)
    expect(await rows('visits.csv')).toEqual([
      {
        任务编号: expect.stringMatching(/^T20260302/),
        第几次到场: '1',
        客户单位: 'ABC科技有限公司',
        服务人员: 'worker',
        状态: '已签退',
        签到时间: expect.stringMatching(/^2026-03-02 10:/),
        签退时间: expect.stringMatching(/^2026-03-02 10:/),
        '距离（米）': '10',
        '允许半径（米）': expect.stringMatching(/^\d+$/),
        '定位精度（米）': '8',
        位置判定: '范围内',
        疑点: '',
        审核结论: '判定无效',
        审核意见: '照片不清',
        审核人: 'dispatcher',
        审核时间: expect.stringMatching(/^2026-03-02 10:/),
        服务小结: '已修复',
      },
    ])
    for (const step of [2, 5, 6])
      await app.api.post(`/homecare/work-orders/${workOrderId}/steps`, { step, description: '完成' }, crew.worker)
    const scores = { serviceAttitude: 5, serviceQuality: 4, overallRating: 2, comment: '-太慢' }
    await app.api.post(`/api/v1/tasks/${workOrderId}/evaluation`, scores, crew.customer)
    expect(await rows('evaluations.csv')).toMatchObject([
      { 服务人员: 'worker', 服务态度: '5', 服务质量: '4', 总体评价: '2', 评价内容: "'-太慢" },
    ])
  })

  test('hold what the list holds under the same filters', async () => {
    app.clock.set('2026-03-04T02:00:00.000Z')
    await logInAgain(app, crew)
    await submit({ type: 'recycle' })
    for (const query of [
      '',
      'type=recycle',
      'from=2026-03-04',
      'to=2026-03-02',
      'unassigned=true',
      'q=0001',
      'step=6',
    ]) {
      const { body } = await app.api.get(`/api/v1/admin/tasks?size=100&${query}`, crew.dispatcher)
      const expected = body.data.list.map((row: { task_id: string }) => row.task_id)
      expect([query, (await rows(`tasks.csv?${query}`)).map((row) => row.任务编号)]).toEqual([query, expected])
    }
    expect(await rows('visits.csv?reviewed=false')).toEqual([])
    expect(await rows('visits.csv?reviewed=true')).toHaveLength(1)
    expect(await rows('evaluations.csv?low=true')).toHaveLength(1)
    expect(await rows('evaluations.csv?low=false')).toEqual([])
  })

  test('what is submitted while an export runs is not in it, and nothing is in it twice', async () => {
    await fillUp(app, 2_500)
    const before = Number((await app.api.get('/api/v1/admin/tasks?size=1', crew.dispatcher)).body.data.total)
    const request = http.get(`${app.url}${EXPORT}/tasks.csv`, {
      headers: { authorization: `Bearer ${crew.dispatcher.token}` },
    })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) {
      chunks.push(chunk as Buffer)
      if (chunks.length > 3) continue
      app.clock.advance(1000)
      await addOrder(app, crew)
    }
    const numbers = readCsv(Buffer.concat(chunks)).map((row) => row.任务编号)
    expect(numbers).toHaveLength(before)
    expect(new Set(numbers).size).toBe(before)
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a! < b! ? 1 : -1)))
  })

  test('a caller that goes away ends the reading', async () => {
    // More than the sockets between us hold.
    await fillUp(app, 8_000, { description: '长'.repeat(2_000) })
    app.queries.length = 0
    const request = http.get(`${app.url}${EXPORT}/tasks.csv`, {
      headers: { authorization: `Bearer ${crew.dispatcher.token}` },
    })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    await once(response, 'readable')
    response.destroy()
    await once(request, 'close')
    for (let i = 0; i < 50; i++) await setImmediate()
    const reads = () => app.queries.filter((sql) => /from "?\[?task"?\]?/.test(sql)).length
    const soFar = reads()
    expect(soFar).toBeLessThan(6)
    await app.api.get('/livez')
    expect(reads()).toBe(soFar)
  })
})

/** Copies the newest task until there are so many more. */
async function fillUp({ context: { database } }: TestApp, count: number, changes: object = {}): Promise<void> {
  const newest = await database.db.selectFrom('task').selectAll().orderBy('task_id', 'desc').executeTakeFirstOrThrow()
  const copies = Array.from({ length: count }, (_, i) => ({
    ...newest,
    ...changes,
    id: crypto.randomUUID(),
    task_id: `T20250101${String(i + 1).padStart(5, '0')}-${count}`,
    create_time: new Date(Date.UTC(2025, 0, 1) + i * 1000),
  }))
  await database.transaction(async (trx) => {
    for (let i = 0; i < copies.length; i += 40)
      await trx
        .insertInto('task')
        .values(copies.slice(i, i + 40))
        .execute()
  })
}
