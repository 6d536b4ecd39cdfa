import { act, fireEvent, render, screen } from '@testing-library/react'
import EvaluatePage from '@/pages/evaluate/index'
import Taro, { setParams } from '../mocks/taro'
import { TASK_DETAIL, typeInto } from '../support/customer'
import { freshPhone, offline, ok, refuse, serve } from '../support/server'

const ID = TASK_DETAIL.task_id
const TASK = `GET /api/v1/tasks/${ID}`
const GIVEN = `GET /api/v1/tasks/${ID}/evaluation`
const SEND = `POST /api/v1/tasks/${ID}/evaluation`
const DONE = { ...TASK_DETAIL, current_step: 6, can_evaluate: true }
const RECORD = {
  task_id: ID,
  serviceAttitude: 5,
  serviceQuality: 4,
  overallRating: 5,
  comment: '来得快',
  create_time: '2026-11-21 09:00:00',
}
const rate = (label: string, score: number) => fireEvent.click(screen.getByLabelText(`${label} ${score} 分`))
const rateAll = () => {
  rate('服务态度', 5)
  rate('服务质量', 4)
  rate('总体评价', 5)
}
const send = () => act(async () => void fireEvent.click(screen.getByText('提交评价')))

beforeEach(() => {
  freshPhone()
  setParams({ id: ID })
})

test('shows a skeleton, then three scores and a comment', async () => {
  serve({ [TASK]: () => ok(DONE) })
  render(<EvaluatePage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(await screen.findByText('服务工程师 李工')).toBeTruthy()
  for (const label of ['服务态度', '服务质量', '总体评价', '文字评价']) expect(screen.getByText(label)).toBeTruthy()
})

test('shows a failure in words and loads again', async () => {
  let broken = true
  serve({ [TASK]: () => (broken ? offline() : ok(DONE)) })
  render(<EvaluatePage />)
  await screen.findByText('网络连接失败，请检查网络后重试')
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('提交评价')).toBeTruthy()
})

test('before the service is done there is nothing to evaluate', async () => {
  serve({ [TASK]: () => ok(TASK_DETAIL) })
  render(<EvaluatePage />)
  expect(await screen.findByText('服务完成后才能评价')).toBeTruthy()
  fireEvent.click(screen.getByText('查看任务'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: `/pages/task/index?id=${ID}` })
})

test('every score is needed before anything is sent', async () => {
  const sent = serve({ [TASK]: () => ok(DONE) })
  render(<EvaluatePage />)
  await screen.findByText('提交评价')
  rate('服务态度', 3)
  await send()
  expect(screen.getAllByText('请选择')).toHaveLength(2)
  expect(screen.getByText('一般')).toBeTruthy()
  expect(sent.filter(({ method, url }) => method === 'POST' && url.includes('/tasks/'))).toHaveLength(0)
})

test('sends once and thanks with what was given', async () => {
  const sent = serve({
    [TASK]: () => ok(DONE),
    [SEND]: () => ok({ message: '感谢您的评价' }),
    [GIVEN]: () => ok(RECORD),
  })
  render(<EvaluatePage />)
  await screen.findByText('提交评价')
  rateAll()
  typeInto('文字评价', ' 来得快 ')
  fireEvent.click(screen.getByText('提交评价'))
  await send()
  expect(await screen.findByText('感谢您的评价')).toBeTruthy()
  expect(screen.getByText('评价于 2026-11-21 09:00')).toBeTruthy()
  const posts = sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/evaluation'))
  expect(posts.map(({ data }) => data)).toEqual([
    { serviceAttitude: 5, serviceQuality: 4, overallRating: 5, comment: '来得快' },
  ])
})

test('after a lost answer the same content goes again with the same key', async () => {
  let lost = true
  const sent = serve({
    [TASK]: () => ok(DONE),
    [SEND]: () => (lost ? offline() : ok({ message: '' })),
    [GIVEN]: () => ok(RECORD),
  })
  render(<EvaluatePage />)
  await screen.findByText('提交评价')
  rateAll()
  await send()
  expect(screen.getByText('网络连接失败，请检查网络后重试')).toBeTruthy()
  lost = false
  await send()
  const keys = sent.filter(({ url, method }) => method === 'POST' && url.endsWith('/evaluation'))
  expect(keys[1]?.header['Idempotency-Key']).toBe(keys[0]?.header['Idempotency-Key'])
  expect(await screen.findByText('感谢您的评价')).toBeTruthy()
})

test('an evaluation given elsewhere is shown instead', async () => {
  let task: object = DONE
  serve({
    [TASK]: () => ok(task),
    [SEND]: () => {
      task = { ...TASK_DETAIL, current_step: 7, status: 'closed' }
      return refuse(409, '该任务已评价，感谢您的反馈')
    },
    [GIVEN]: () => ok(RECORD),
  })
  render(<EvaluatePage />)
  await screen.findByText('提交评价')
  rateAll()
  await send()
  expect(await screen.findByText('来得快')).toBeTruthy()
  expect(screen.queryByText('提交评价')).toBeNull()
})

test('what was given before can only be read', async () => {
  serve({ [TASK]: () => ok({ ...TASK_DETAIL, current_step: 7, status: 'closed' }), [GIVEN]: () => ok(RECORD) })
  render(<EvaluatePage />)
  expect(await screen.findByText('来得快')).toBeTruthy()
  rate('服务质量', 1)
  expect(screen.getByText('满意')).toBeTruthy()
})
