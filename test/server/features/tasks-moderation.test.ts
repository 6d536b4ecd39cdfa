import { buildSubmission } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let token: string
beforeEach(async () => {
  app = await startTestApp({ env: { WECHAT_CONTENT_CHECK: 'on' } })
  token = await app.api.customer()
})
afterEach(() => app.close())

const submit = (changes: Parameters<typeof buildSubmission>[0]) =>
  app.api.post('/api/v1/tasks', buildSubmission(changes), { token })
const flags = async () =>
  (await app.context.database.db.selectFrom('task').select('content_flag').orderBy('task_id').execute()).map(
    (row) => row.content_flag,
  )

test('risky texts are refused in every field that is checked, and no number is used up', async () => {
  for (const changes of [{ description: '违规内容' }, { device: { fault_description: '违规内容' } }]) {
    const { status, body } = await submit(changes)
    expect([status, body.data.reasonCode]).toEqual([400, 'CONTENT_REFUSED'])
  }
  expect((await submit({})).body.data.task_id).toBe('T202603020001')
})

test('doubtful texts are kept and flagged, others are not', async () => {
  await submit({ description: '待审内容' })
  await submit({})
  expect(await flags()).toEqual(['review', null])
})

test('where WeChat does not answer the submission is kept as unchecked', async () => {
  app.sandbox.wechat.control({ path: '/wxa/msg_sec_check', dropConnection: true })
  expect((await submit({})).status).toBe(200)
  expect(await flags()).toEqual(['unchecked'])
})

test('comments of an evaluation are checked before it counts', async () => {
  await submit({})
  await app.context.database.db.updateTable('task').set({ current_step: 6 }).execute()
  const evaluate = (comment: string) =>
    app.api.post(
      '/api/v1/tasks/T202603020001/evaluation',
      { serviceAttitude: 5, serviceQuality: 5, overallRating: 5, comment },
      { token },
    )
  expect((await evaluate('违规')).status).toBe(400)
  expect((await evaluate('待审')).status).toBe(200)
  expect(await flags()).toEqual(['review'])
})

test('without the check configured nobody is asked', async () => {
  const plain = await startTestApp()
  const by = await plain.api.customer()
  expect((await plain.api.post('/api/v1/tasks', buildSubmission({ description: '违规' }), { token: by })).status).toBe(
    200,
  )
  expect(plain.sandbox.wechat.requests().some(({ path }) => path.includes('sec_check'))).toBe(false)
  await plain.close()
})
