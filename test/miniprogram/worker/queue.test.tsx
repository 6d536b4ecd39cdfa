import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { QueueEntry } from '@/shared/queue-entry'
import QueuePage from '@/worker/queue/index'
import { enqueue } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import Taro from '../mocks/taro'
import { offline, serve, STAFF, staffOk } from '../support/server'
import { ORDER, phoneFiles, staffPhone } from '../support/staff'

const PHOTO = { path: '/tmp/a.jpg', name: 'a.jpg', size: 10, kind: 'image' as const }
const results =
  (answer: object) =>
  ({ data }: { data?: { items: QueueEntry[] } }) =>
    staffOk({ results: (data?.items ?? []).map(({ clientId }) => ({ clientId, ...answer })) })
const show = () => act(async () => void render(<QueuePage />))
let files: ReturnType<typeof phoneFiles>

beforeEach(() => {
  staffPhone()
  files = phoneFiles()
})

test('says that all is sent', async () => {
  serve({})
  await show()
  expect(screen.getByText('所有记录都已送达')).toBeTruthy()
})

test('lists what waits with order, photos and signature; a tap opens the order', async () => {
  files.failure = { errMsg: 'fail' }
  serve({ 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkin', order: ORDER, payload: { signature: 'data:image/png;base64,x' }, photos: [PHOTO] })
  await enqueue({ kind: 'step', order: ORDER, payload: { step: 2 } })
  act(() => useNetwork.setState({ online: false }))
  await show()
  expect(screen.getByText('当前没有网络，恢复后自动发送')).toBeTruthy()
  expect(screen.getByText('到场签到')).toBeTruthy()
  expect(screen.getByText('服务步骤：检测诊断')).toBeTruthy()
  expect(screen.getByText(/照片 1 张 · 已签名/)).toBeTruthy()
  await waitFor(() => expect(screen.getAllByText('等待发送')).toHaveLength(2))
  await waitFor(() => expect(document.querySelector('.queue-entry__photo')?.getAttribute('src')).toBe('/saved/a.jpg'))
  fireEvent.click(screen.getByText('到场签到'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/order/index?id=order-1' })
})

test('sends on demand and shows what arrived', async () => {
  serve({ 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkout', order: ORDER, payload: {} })
  await show()
  await screen.findByText('网络连接失败，请检查网络后重试')
  serve({ 'POST /homecare/sync': results({ status: 'accepted' }) })
  await act(async () => void fireEvent.click(screen.getByText('立即发送')))
  expect(await screen.findByText('刚刚送达')).toBeTruthy()
  expect(screen.getByText('离场签退 · T202611200001')).toBeTruthy()
})

test('shows why an item was refused, and sends it again on demand', async () => {
  serve({ 'POST /homecare/sync': results({ status: 'rejected', reasonCode: 'OUT_OF_RADIUS' }) })
  await enqueue({ kind: 'checkin', order: ORDER, payload: {} })
  await show()
  expect(await screen.findByText('还没到签到范围，请再靠近服务地点')).toBeTruthy()
  expect(screen.getByText('未被接受')).toBeTruthy()
  serve({ 'POST /homecare/sync': results({ status: 'accepted' }) })
  await act(async () => void fireEvent.click(screen.getByText('重新发送')))
  expect(await screen.findByText('所有记录都已送达')).toBeTruthy()
})

test('warns before something unsent is given up', async () => {
  serve({ 'POST /homecare/sync': offline })
  await enqueue({ kind: 'step', order: ORDER, payload: { step: 2 }, photos: [] })
  await show()
  fireEvent.click(screen.getByText('移除'))
  expect(screen.getByText(/移除后无法找回/)).toBeTruthy()
  fireEvent.click(screen.getByText('取消'))
  expect(useQueue.getState().entries).toHaveLength(1)
  fireEvent.click(screen.getByText('移除'))
  await act(async () => void fireEvent.click(screen.getAllByText('移除').pop() as HTMLElement))
  expect(await screen.findByText('所有记录都已送达')).toBeTruthy()
})

test("says whose login another person's item needs", async () => {
  serve({ 'POST /homecare/sync': offline })
  await enqueue({ kind: 'checkout', order: ORDER, payload: {} })
  useSession.setState({ staff: { ...STAFF, user: { ...STAFF.user, id: 'other' } } })
  await show()
  expect(screen.getByText('由 李工 记录，需要用该账号登录后发送')).toBeTruthy()
})
