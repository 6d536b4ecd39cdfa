import { act, fireEvent, render, screen } from '@testing-library/react'
import SubmittedPage from '@/pages/submitted/index'
import Taro, { setParams } from '../mocks/taro'
import { TASK_DETAIL } from '../support/customer'
import { freshPhone, offline, ok, serve } from '../support/server'

const ID = TASK_DETAIL.task_id
const TASK = `GET /api/v1/tasks/${ID}`

beforeEach(() => {
  freshPhone()
  setParams({ id: ID })
})

test('the number and what happens next stand at once, the summary follows', async () => {
  serve({ [TASK]: () => ok(TASK_DETAIL) })
  render(<SubmittedPage />)
  expect(screen.getByText(ID)).toBeTruthy()
  expect(screen.getByText('接下来会发生什么')).toBeTruthy()
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(await screen.findByText('2026-11-23 09:30')).toBeTruthy()
})

test('without network the number still stands and the rest can be loaded again', async () => {
  let broken = true
  serve({ [TASK]: () => (broken ? offline() : ok(TASK_DETAIL)) })
  render(<SubmittedPage />)
  await screen.findByText('重新加载')
  expect(screen.getByText(ID)).toBeTruthy()
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('提交的内容')).toBeTruthy()
})

test('a link without a number leads to the list', () => {
  setParams({})
  serve({})
  render(<SubmittedPage />)
  fireEvent.click(screen.getByText('查看任务'))
  expect(Taro.switchTab).toHaveBeenCalledWith({ url: '/pages/tasks/index' })
})

test('leads on to the task and home, and copies the number', async () => {
  serve({ [TASK]: () => ok(TASK_DETAIL) })
  Taro.setClipboardData.mockResolvedValue({})
  render(<SubmittedPage />)
  await screen.findByText('提交的内容')
  fireEvent.click(screen.getByText('查看任务'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: `/pages/task/index?id=${ID}` })
  fireEvent.click(screen.getByText('返回首页'))
  expect(Taro.switchTab).toHaveBeenCalledWith({ url: '/pages/home/index' })
  await act(async () => void fireEvent.click(screen.getByText('复制')))
  expect(screen.getByText('已复制')).toBeTruthy()
})

test('says so when an earlier attempt had already made the task', async () => {
  setParams({ id: ID, earlier: '1' })
  serve({ [TASK]: () => ok(TASK_DETAIL) })
  render(<SubmittedPage />)
  expect(await screen.findByText(/之后修改的内容没有包含在内/)).toBeTruthy()
})
