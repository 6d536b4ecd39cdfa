import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import OrdersPage from '@/worker/orders/index'
import { enqueue } from '@/services/offline-queue'
import { writeMember } from '@/services/storage'
import Taro, { fire } from '../mocks/taro'
import { offline, serve, staffOk, staffRefuse } from '../support/server'
import { DETAIL, ORDER, phoneFiles, rows, staffPhone } from '../support/staff'

const LIST = 'GET /homecare/work-orders'
const scopes = (sent: { url: string }[]) => sent.map(({ url }) => url.split('?')[1])

beforeEach(() => {
  staffPhone()
  phoneFiles()
})

test('shows grey shapes while it loads', () => {
  serve({ [LIST]: () => new Promise<never>(() => undefined) })
  render(<OrdersPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(screen.getByText('待发送')).toBeTruthy()
})

test('lists own orders with what is next and opens one', async () => {
  const sent = serve({
    [LIST]: () =>
      rows([
        ORDER,
        { ...ORDER, id: 'order-2', assignment_status: 'ASSIGNED' },
        { ...ORDER, id: 'order-3', visit_state: 'CHECKED_IN' },
        { ...ORDER, id: 'order-4', visit_state: 'CHECKED_OUT', current_step: 5 },
      ]),
  })
  render(<OrdersPage />)
  expect(await screen.findAllByText('高效液相色谱仪')).toHaveLength(4)
  expect(screen.getAllByText('待再次到场')).toHaveLength(1)
  expect(screen.getByText('待接单')).toBeTruthy()
  expect(screen.getByText('服务中')).toBeTruthy()
  expect(screen.getAllByText('苏州市工业园区星湖街 328 号')).toHaveLength(4)
  expect(scopes(sent)).toEqual(['scope=mine&status=open&page=1'])
  fireEvent.click(screen.getAllByText('高效液相色谱仪')[0] as HTMLElement)
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/order/index?id=order-1' })
})

test.each([
  ['进行中', '没有进行中的工单'],
  ['可接工单', '暂时没有可接的工单'],
  ['已完成', '还没有完成的工单'],
])('says that %s is empty', async (tab, words) => {
  serve({ [LIST]: () => rows([]) })
  render(<OrdersPage />)
  fireEvent.click(await screen.findByText(tab))
  expect(await screen.findByText(words)).toBeTruthy()
})

test('shows a failure in words and loads again on retry', async () => {
  let broken = true
  serve({ [LIST]: () => (broken ? staffRefuse(500, 'INTERNAL', 'oops') : rows([ORDER])) })
  render(<OrdersPage />)
  await screen.findByText('服务器出了点问题，请稍后再试')
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('高效液相色谱仪')).toBeTruthy()
})

test('grows at the bottom and starts over when pulled down', async () => {
  const sent = serve({
    [LIST]: ({ url }) =>
      url.includes('page=2')
        ? rows([{ ...ORDER, id: 'order-9' }], { pages: 2, current: 2 })
        : rows([ORDER], { pages: 2 }),
  })
  render(<OrdersPage />)
  await screen.findByText('高效液相色谱仪')
  fire('reachBottom')
  await waitFor(() => expect(screen.getAllByText('高效液相色谱仪')).toHaveLength(2))
  fire('pullDown')
  await waitFor(() => expect(screen.getAllByText('高效液相色谱仪')).toHaveLength(1))
  expect(sent).toHaveLength(3)
  expect(Taro.stopPullDownRefresh).toHaveBeenCalled()
})

test('claims from the pool and opens the order', async () => {
  const sent = serve({
    [LIST]: () => rows([{ ...ORDER, worker_id: null, assignment_status: null, current_step: 0 }]),
    'POST /homecare/claim': () => staffOk({}),
  })
  render(<OrdersPage />)
  fireEvent.click(await screen.findByText('可接工单'))
  fireEvent.click(await screen.findByText('接单'))
  await waitFor(() => expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/order/index?id=order-1' }))
  const claim = sent.find(({ url }) => url.endsWith('/claim'))
  expect(claim?.data).toEqual({ workOrderId: 'order-1' })
  expect(claim?.header['Idempotency-Key']).toMatch(/^[0-9a-f]{32}$/)
})

test('says when somebody was faster', async () => {
  serve({
    [LIST]: () => rows([{ ...ORDER, worker_id: null, assignment_status: null }]),
    'POST /homecare/claim': () => staffRefuse(409, 'CONFLICT', '该工单已派给其他服务人员'),
  })
  render(<OrdersPage />)
  fireEvent.click(await screen.findByText('可接工单'))
  fireEvent.click(await screen.findByText('接单'))
  expect(await screen.findByText('该工单已派给其他服务人员')).toBeTruthy()
  expect(Taro.navigateTo).not.toHaveBeenCalled()
})

test('without network shows the orders seen before', async () => {
  writeMember('orderCopy', DETAIL.id, { order: DETAIL, seenAt: '2026-11-20T03:00:00.000Z' })
  serve({ [LIST]: offline })
  render(<OrdersPage />)
  expect(await screen.findByText('没有网络，以下是最近看过的工单')).toBeTruthy()
  expect(screen.getByText('高效液相色谱仪')).toBeTruthy()
})

test('counts what is not sent and leads to it', async () => {
  serve({ [LIST]: () => rows([ORDER]), 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkin', order: ORDER, payload: {} })
  render(<OrdersPage />)
  expect(await screen.findByText('签到待发送')).toBeTruthy()
  expect(screen.getByLabelText('待发送，1 条')).toBeTruthy()
  fireEvent.click(await screen.findByText('1 条记录已保存在手机上，等待发送'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/queue/index' })
  fireEvent.click(screen.getByLabelText('待发送，1 条'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/queue/index' })
})
