import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import CheckoutPage from '@/worker/checkout/index'
import { enqueue } from '@/services/offline-queue'
import { useQueue } from '@/stores/offline-queue'
import Taro, { setParams } from '../mocks/taro'
import { offline, serve, staffOk, staffRefuse } from '../support/server'
import { DETAIL, gps, north, ORDER, phoneFiles, staffPhone, VISIT } from '../support/staff'

const GET = 'GET /homecare/work-orders/order-1'
const POST = 'POST /homecare/checkout'
const ON_SITE = { ...DETAIL, visit_state: 'CHECKED_IN' as const, visits: [{ ...VISIT, checkout_at: null }] }
let move: ReturnType<typeof gps>

function open(changes: Partial<WorkOrderDetail> = {}, routes: Parameters<typeof serve>[0] = {}) {
  const sent = serve({ [GET]: () => staffOk({ ...ON_SITE, ...changes }), ...routes })
  render(<CheckoutPage />)
  return sent
}
const write = (text: string) => fireEvent.change(screen.getByLabelText('服务小结'), { target: { value: text } })
const tapSubmit = () => act(async () => void fireEvent.click(screen.getByText('提交签退')))
const posts = (sent: { method: string; data?: any }[]) => sent.filter(({ method }) => method === 'POST')

beforeEach(() => {
  staffPhone()
  phoneFiles()
  move = gps()
  setParams({ id: 'order-1' })
})

test('shows grey shapes while it loads, and why it cannot', async () => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [GET]: () => answer() })
  const { unmount } = render(<CheckoutPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = offline
  render(<CheckoutPage />)
  expect(await screen.findByText('网络连接失败，请检查网络后重试')).toBeTruthy()
  answer = () => staffOk(ON_SITE)
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('服务小结')).toBeTruthy()
})

test('needs a position and a summary', async () => {
  const sent = open()
  await screen.findByText('提交签退')
  await tapSubmit()
  expect(screen.getByText('还没有定位到当前位置，请稍候')).toBeTruthy()
  expect(screen.getByText('请填写服务小结')).toBeTruthy()
  expect(posts(sent)).toHaveLength(0)
})

test('ends the visit and says how long it was', async () => {
  const sent = open({}, { [POST]: () => staffOk({ visitId: 'visit-1', checkedOutAt: '', durationMinutes: 125 }) })
  await screen.findByText('提交签退')
  move(north(20))
  expect(await screen.findByText('当前位置距服务地点 20 米')).toBeTruthy()
  write(' 更换密封圈 ')
  await tapSubmit()
  expect(await screen.findByText('签退成功')).toBeTruthy()
  expect(screen.getByText('本次到场 2 小时 5 分钟')).toBeTruthy()
  expect(posts(sent)[0]?.data).toMatchObject({ workOrderId: 'order-1', summary: '更换密封圈', ...north(20) })
  fireEvent.click(screen.getByText('返回工单'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/order/index?id=order-1' })
})

test('shows the refusal of the server', async () => {
  open({}, { [POST]: () => staffRefuse(409, 'CONFLICT', '该工单没有进行中的签到') })
  await screen.findByText('提交签退')
  move(north(20))
  write('x')
  await tapSubmit()
  expect(await screen.findByText('该工单没有进行中的签到')).toBeTruthy()
})

test('without network the check-out waits on the phone', async () => {
  open({}, { [POST]: offline, 'POST /homecare/sync': offline })
  await screen.findByText('提交签退')
  move(north(20))
  write('更换密封圈')
  await tapSubmit()
  expect(await screen.findByText('签退已保存在手机上')).toBeTruthy()
  expect(useQueue.getState().entries).toMatchObject([{ kind: 'checkout', sentLive: true }])
})

test('a check-in that still waits goes first: the check-out follows it in the queue', async () => {
  const sent = serve({ [GET]: () => staffOk(DETAIL), 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkin', order: ORDER, payload: {} })
  render(<CheckoutPage />)
  await screen.findByText('提交签退')
  expect(screen.getByText(/已在现场 0 分钟/)).toBeTruthy()
  move(north(20))
  write('x')
  await tapSubmit()
  await screen.findByText('签退已保存在手机上')
  expect(useQueue.getState().entries.map(({ kind }) => kind)).toEqual(['checkin', 'checkout'])
  expect(sent.some(({ url }) => url.endsWith('/homecare/checkout'))).toBe(false)
})

test('whoever is not checked in is sent back', async () => {
  open({ visit_state: 'NONE', visits: [] })
  expect(await screen.findByText('还没有签到，不需要签退')).toBeTruthy()
})

test('a refused position leads to the settings', async () => {
  Taro.startLocationUpdate.mockRejectedValueOnce({ errMsg: 'startLocationUpdate:fail auth deny' })
  open()
  expect(await screen.findByText('没有位置权限，暂时无法定位')).toBeTruthy()
  await waitFor(() => expect(screen.getByText('打开设置')).toBeTruthy())
})
