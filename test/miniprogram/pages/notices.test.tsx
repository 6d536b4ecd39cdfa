import { fireEvent, render, screen } from '@testing-library/react'
import NoticesPage from '@/pages/notices/index'
import Taro, { fire } from '../mocks/taro'
import { pageOf } from '../support/customer'
import { freshPhone, offline, ok, serve } from '../support/server'

const LIST = 'GET /api/v1/notifications'
const notice = (id: string, more: object = {}) => ({
  id,
  event: 'DISPATCHED',
  title: `消息 ${id}`,
  content: '已安排工程师李工',
  task_id: 'T202611200003',
  read: true,
  create_time: '2026-11-20 11:00:00',
  ...more,
})

beforeEach(freshPhone)

test('shows a skeleton, then the messages, unread ones marked', async () => {
  serve({ [LIST]: () => ok(pageOf([notice('1', { read: false }), notice('2')])) })
  render(<NoticesPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(await screen.findByText('消息 1')).toBeTruthy()
  expect(screen.getAllByLabelText('未读')).toHaveLength(1)
})

test('a tap opens the task, a message without one opens nothing', async () => {
  serve({ [LIST]: () => ok(pageOf([notice('1'), notice('2', { task_id: null })])) })
  render(<NoticesPage />)
  fireEvent.click(await screen.findByText('消息 1'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/pages/task/index?id=T202611200003' })
  fireEvent.click(screen.getByText('消息 2'))
  expect(Taro.navigateTo).toHaveBeenCalledTimes(1)
})

test('says what will come while there are none', async () => {
  serve({ [LIST]: () => ok(pageOf([])) })
  render(<NoticesPage />)
  expect(await screen.findByText('任务有进展时会在这里通知您')).toBeTruthy()
})

test('shows a failure in words and loads again', async () => {
  let broken = true
  serve({ [LIST]: () => (broken ? offline() : ok(pageOf([notice('1')]))) })
  render(<NoticesPage />)
  await screen.findByText('网络连接失败，请检查网络后重试')
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('消息 1')).toBeTruthy()
})

test('grows at the bottom', async () => {
  serve({
    [LIST]: ({ url }) =>
      ok(pageOf([notice(url.includes('page=2') ? '2' : '1')], { current: url.includes('page=2') ? 2 : 1, pages: 2 })),
  })
  render(<NoticesPage />)
  await screen.findByText('消息 1')
  fire('reachBottom')
  expect(await screen.findByText('消息 2')).toBeTruthy()
})
