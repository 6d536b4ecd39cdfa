import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import OrderPage from '@/worker/order/index'
import { enqueue } from '@/services/offline-queue'
import { readMember } from '@/services/storage'
import Taro, { setParams } from '../mocks/taro'
import { offline, serve, staffOk, staffRefuse } from '../support/server'
import { DETAIL, ORDER, phoneFiles, staffPhone, VISIT } from '../support/staff'

const GET = 'GET /homecare/work-orders/order-1'
const open = (changes: Partial<WorkOrderDetail> = {}, routes: Parameters<typeof serve>[0] = {}) => {
  const sent = serve({ [GET]: () => staffOk({ ...DETAIL, ...changes }), ...routes })
  render(<OrderPage />)
  return sent
}
const button = async (label: string) => fireEvent.click((await screen.findAllByText(label)).pop() as HTMLElement)

beforeEach(() => {
  staffPhone()
  phoneFiles()
  setParams({ id: 'order-1' })
})

test('shows grey shapes while it loads, and why it cannot', async () => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [GET]: () => answer() })
  const { unmount } = render(<OrderPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = () => staffRefuse(404, 'NOT_FOUND', '工单不存在')
  render(<OrderPage />)
  expect(await screen.findByText('工单不存在')).toBeTruthy()
  answer = () => staffOk(DETAIL)
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('客户与地点')).toBeTruthy()
})

test('shows whom, where, what is wrong, what was done and by whom', async () => {
  open({ visits: [VISIT] })
  for (const text of [
    '派单备注：带 C18 色谱柱',
    '清源环境检测有限公司',
    '泵压不稳',
    '基线漂移，已重启两次',
    '报告.pdf',
    '已安排工程师李工',
    '第 1 次到场',
    '更换密封圈',
    '陈工 · 距离 31 米',
  ])
    expect((await screen.findAllByText(text)).length).toBeGreaterThan(0)
  expect(screen.getByText(/2 小时 5 分钟/)).toBeTruthy()
  expect(screen.queryByText('提交需求')).toBeNull()
  fireEvent.click(screen.getByText('展开 2 条'))
  expect(screen.getByText('提交需求')).toBeTruthy()
})

test('calls the customer and opens the way', async () => {
  open()
  expect(await screen.findByText('张敏 · 138 0013 8001')).toBeTruthy()
  fireEvent.click(screen.getByText('拨打电话'))
  expect(Taro.makePhoneCall).toHaveBeenCalledWith({ phoneNumber: '13800138001' })
  fireEvent.click(screen.getByText('导航前往'))
  await waitFor(() =>
    expect(Taro.openLocation).toHaveBeenCalledWith(
      expect.objectContaining({ latitude: ORDER.service_latitude, address: ORDER.service_address }),
    ),
  )
})

test('without coordinates gives the address to copy and says what is missing', async () => {
  open({ service_latitude: null, service_longitude: null })
  expect(await screen.findByText(/服务地点还没有坐标/)).toBeTruthy()
  fireEvent.click(screen.getByText('导航前往'))
  fireEvent.click(await screen.findByText('复制地址'))
  expect(Taro.setClipboardData).toHaveBeenCalledWith({ data: ORDER.service_address })
})

test('accepts, and shows the order as it then is', async () => {
  let accepted = false
  const sent = serve({
    [GET]: () => staffOk({ ...DETAIL, assignment_status: accepted ? 'ACCEPTED' : 'ASSIGNED' }),
    'POST /homecare/accept': () => {
      accepted = true
      return staffOk({})
    },
  })
  render(<OrderPage />)
  await button('接单')
  expect(await screen.findByText('到场签到')).toBeTruthy()
  expect(sent.filter(({ url }) => url.endsWith('/accept'))).toHaveLength(1)
})

test('says when the order was given to somebody else meanwhile', async () => {
  open(
    { assignment_status: 'ASSIGNED' },
    { 'POST /homecare/accept': () => staffRefuse(409, 'CONFLICT', '该派单已被撤回或改派') },
  )
  await button('接单')
  expect(await screen.findByText('该派单已被撤回或改派')).toBeTruthy()
})

test('rejects only with a reason, then goes back', async () => {
  Taro.getCurrentPages.mockReturnValue([{}, {}])
  const sent = open({ assignment_status: 'ASSIGNED' }, { 'POST /homecare/reject': () => staffOk({}) })
  await button('退回')
  await button('退回工单')
  expect(screen.getByText('请填写退回原因')).toBeTruthy()
  fireEvent.change(screen.getByLabelText('退回原因'), { target: { value: ' 行程冲突 ' } })
  await button('退回工单')
  await waitFor(() => expect(Taro.navigateBack).toHaveBeenCalled())
  expect(sent.find(({ url }) => url.endsWith('/reject'))?.data).toEqual({ workOrderId: 'order-1', reason: '行程冲突' })
})

test.each([
  ['到场签到', {}, '/worker/checkin/index?id=order-1'],
  ['服务步骤', {}, '/worker/steps/index?id=order-1'],
  ['离场签退', { visit_state: 'CHECKED_IN' as const }, '/worker/checkout/index?id=order-1'],
  ['再次签到', { visit_state: 'CHECKED_OUT' as const }, '/worker/checkin/index?id=order-1'],
])('%s leads on', async (label, changes, url) => {
  open(changes)
  await button(label)
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url })
})

test('a check-in that waits in the queue counts: the way out is the check-out', async () => {
  serve({ [GET]: () => staffOk(DETAIL), 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkin', order: ORDER, payload: {} })
  render(<OrderPage />)
  expect(await screen.findByText('离场签退')).toBeTruthy()
  expect(screen.getByText(/1 条记录已保存在手机上/)).toBeTruthy()
})

test('is kept on the phone at sight and shown from there without network', async () => {
  const first = serve({ [GET]: () => staffOk(DETAIL) })
  const { unmount } = render(<OrderPage />)
  await screen.findByText('客户与地点')
  expect(first).toHaveLength(1)
  expect(readMember('orderCopy', 'order-1')?.order.offline_ticket?.nonce).toBe('nonce-1')
  unmount()
  serve({ [GET]: offline })
  render(<OrderPage />)
  expect(await screen.findByText(/没有网络，显示的是/)).toBeTruthy()
  expect(screen.getByText('清源环境检测有限公司')).toBeTruthy()
})

test('a dispatcher reassigns and cancels with a reason', async () => {
  staffPhone('HOMECARE_DISPATCHER')
  const sent = open({}, { 'POST /homecare/cancel': () => staffOk({}) })
  await button('改派')
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/assign/index?id=order-1' })
  await button('取消工单')
  await button('取消工单')
  expect(screen.getByText('请填写取消原因')).toBeTruthy()
  fireEvent.change(screen.getByLabelText('取消原因'), { target: { value: '客户要求' } })
  await button('取消工单')
  await waitFor(() => expect(sent.find(({ url }) => url.endsWith('/cancel'))?.data.reason).toBe('客户要求'))
})

test.each([
  [{ status: 'cancelled' as const }, '工单已取消，请勿前往'],
  [{ current_step: 1 }, '到达现场后，请先签到'],
  [{ current_step: 2, visit_state: 'CHECKED_OUT' as const }, '上次到场已签退，再次到场请先签到'],
  [{ current_step: 4, visit_state: 'CHECKED_OUT' as const }, /^方案已提交，等待客户确认.*；再次到场请先签到$/],
  [{ current_step: 5, visit_state: 'CHECKED_OUT' as const }, '客户已同意方案，再次到场请先签到'],
  [{ current_step: 6, visit_state: 'CHECKED_IN' as const }, '服务已完成，离开前请签退'],
  [{ current_step: 6, assignment_status: 'COMPLETED' as const }, '服务已完成，等待客户评价'],
])('says what to do: %j', async (changes, words) => {
  open(changes)
  expect(await screen.findByText(words)).toBeTruthy()
})

test.each([
  [{ current_step: 7, status: 'closed' as const, assignment_status: 'COMPLETED' as const }],
  [{ current_step: 5, visit_state: 'CHECKED_IN' as const }],
  [{ assignment_status: 'ASSIGNED' as const }],
])('asks for nothing where nothing is to be done first: %j', async (changes) => {
  open(changes)
  await screen.findByText('客户与地点')
  expect(screen.queryByText(/等待客户|请先签到|请签退/)).toBeNull()
})

test('tells the dispatcher what the customer is waited for', async () => {
  staffPhone('HOMECARE_DISPATCHER')
  open({ current_step: 4, worker_id: 'somebody' })
  expect(await screen.findByText(/^方案已提交，等待客户确认.*可以致电提醒$/)).toBeTruthy()
})
