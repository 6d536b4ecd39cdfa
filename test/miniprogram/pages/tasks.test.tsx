import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import TasksPage from '@/pages/tasks/index'
import Taro, { fire } from '../mocks/taro'
import { pageOf, TASK_DETAIL } from '../support/customer'
import { freshPhone, offline, ok, serve } from '../support/server'

const row = (id: string, more: object = {}) => ({ ...TASK_DETAIL, task_id: id, device_name: `仪器 ${id}`, ...more })
const LIST = 'GET /api/v1/tasks'
const queries = (sent: { url: string }[]) =>
  sent.filter(({ url }) => url.includes('/api/v1/tasks?')).map(({ url }) => decodeURIComponent(url.split('?')[1]!))

beforeEach(freshPhone)

test('shows a skeleton, then the tasks with their number', async () => {
  const sent = serve({ [LIST]: () => ok(pageOf([row('T1'), row('T2', { current_step: 4 })])) })
  render(<TasksPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(await screen.findByText('仪器 T1')).toBeTruthy()
  expect(screen.getByText('共 2 个任务')).toBeTruthy()
  expect(screen.getByText('请确认服务方案')).toBeTruthy()
  expect(queries(sent)).toEqual(['page=1&size=20'])
})

test.each([
  ['全部', '还没有任务', ''],
  ['进行中', '没有进行中的任务', 'status=open&'],
  ['已完成', '没有已完成的任务', 'status=closed&'],
  ['已取消', '没有已取消的任务', 'status=cancelled&'],
])('%s: asks for its tasks and says so when there are none', async (tab, title, query) => {
  const sent = serve({ [LIST]: () => ok(pageOf([])) })
  render(<TasksPage />)
  await screen.findByText('还没有任务')
  fireEvent.click(screen.getByText(tab))
  expect(await screen.findByText(title)).toBeTruthy()
  expect(queries(sent).pop()).toBe(`${query}page=1&size=20`)
})

test('an empty list leads to the services', async () => {
  serve({ [LIST]: () => ok(pageOf([])) })
  render(<TasksPage />)
  fireEvent.click(await screen.findByText('提交服务需求'))
  expect(Taro.switchTab).toHaveBeenCalledWith({ url: '/pages/home/index' })
})

test('shows a failure in words and loads again on retry', async () => {
  let broken = true
  serve({ [LIST]: () => (broken ? offline() : ok(pageOf([row('T1')]))) })
  render(<TasksPage />)
  await screen.findByText('网络连接失败，请检查网络后重试')
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('仪器 T1')).toBeTruthy()
})

test('searches within the tab a moment after typing', async () => {
  const sent = serve({ [LIST]: ({ url }) => ok(pageOf(url.includes('q=') ? [] : [row('T1')])) })
  render(<TasksPage />)
  await screen.findByText('仪器 T1')
  fireEvent.click(screen.getByText('进行中'))
  fireEvent.change(screen.getByLabelText('搜索编号、仪器或描述'), { target: { value: ' 天平 ' } })
  expect(await screen.findByText('没有找到“天平”')).toBeTruthy()
  expect(queries(sent).pop()).toBe('status=open&q=天平&page=1&size=20')
})

test('grows at the bottom and starts over when pulled down', async () => {
  const sent = serve({
    [LIST]: ({ url }) =>
      ok(
        pageOf([row(url.includes('page=2') ? 'T2' : 'T1')], {
          current: url.includes('page=2') ? 2 : 1,
          pages: 2,
          total: 2,
        }),
      ),
  })
  render(<TasksPage />)
  await screen.findByText('仪器 T1')
  fire('reachBottom')
  expect(await screen.findByText('仪器 T2')).toBeTruthy()
  expect(screen.getByText('没有更多了')).toBeTruthy()
  fire('pullDown')
  await waitFor(() => expect(Taro.stopPullDownRefresh).toHaveBeenCalled())
  expect(queries(sent)).toEqual(['page=1&size=20', 'page=2&size=20', 'page=1&size=20'])
})
