import { waitFor } from '@testing-library/react'
import type { QueueEntry } from '@/shared/queue-entry'
import { clearQueue, enqueue, flushQueue, removeEntry } from '@/services/offline-queue'
import { watchNetwork } from '@/services/network'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import Taro from '../mocks/taro'
import { answerAll, checkin, entries, step, storedKeys, syncCalls } from '../support/queue'
import { offline, serve, STAFF, staffOk, staffRefuse } from '../support/server'
import { ORDER, phoneFiles, staffPhone } from '../support/staff'

beforeEach(() => staffPhone())

test('a call carries at most 200 items', async () => {
  phoneFiles()
  const sizes: number[] = []
  serve({
    'POST /homecare/sync': (request) => {
      sizes.push(request.data.items.length)
      return answerAll()(request)
    },
  })
  const template = { ...(await step()) }
  await flushQueue()
  for (let index = 1; index <= 230; index++)
    useQueue.getState().put({ ...template, clientId: `c${index}`, seq: template.seq + index })
  sizes.length = 0
  await flushQueue()
  expect(sizes).toEqual([200, 30])
})

test('signatures split a call before it grows beyond what the server takes', async () => {
  phoneFiles()
  const sizes: number[] = []
  serve({
    'POST /homecare/sync': (request) => {
      sizes.push(JSON.stringify(request.data).length)
      return answerAll()(request)
    },
  })
  const template = await step()
  await flushQueue()
  for (let index = 1; index <= 5; index++)
    useQueue.getState().put({
      ...template,
      clientId: `c${index}`,
      seq: template.seq + index,
      payload: { signature: 'x'.repeat(250_000) },
    })
  sizes.length = 0
  await flushQueue()
  expect(sizes).toHaveLength(3)
  expect(Math.max(...sizes)).toBeLessThan(1_000_000)
})

test('a photo the server refuses is the refusal of its item', async () => {
  phoneFiles()
  Taro.uploadFile.mockImplementation(() =>
    Object.assign(
      Promise.resolve({
        statusCode: 415,
        data: JSON.stringify({ code: 'UNSUPPORTED_MEDIA', msg: '不支持的文件类型', data: null, traceId: 't' }),
      }),
      { progress: () => undefined, abort: () => undefined },
    ),
  )
  const sent = serve({})
  await checkin()
  await flushQueue()
  expect(entries()[0]?.refusal?.text).toBe('不支持的文件类型')
  expect(syncCalls(sent)).toHaveLength(0)
})

test('a photo the phone has lost does not hold the check-in back', async () => {
  const files = phoneFiles()
  useSession.setState({ staff: null })
  await expect(checkin()).rejects.toMatchObject({ kind: 'unauthenticated' })
  useSession.setState({ staff: STAFF })
  files.failure = { errMsg: 'uploadFile:fail' }
  const sent = serve({ 'POST /homecare/sync': answerAll() })
  await checkin()
  await flushQueue()
  files.saved.clear()
  await flushQueue()
  expect(syncCalls(sent)[0]?.data.items[0].payload.evidenceFileIds).toEqual([])
  expect(entries()).toEqual([])
})

test("another person's items wait for that person", async () => {
  phoneFiles()
  serve({ 'POST /homecare/sync': offline })
  await step()
  await flushQueue()
  const sent = serve({ 'POST /homecare/sync': answerAll() })
  useSession.setState({ staff: { ...STAFF, user: { ...STAFF.user, id: 'somebody-else' } } })
  await flushQueue()
  expect(sent).toHaveLength(0)
  expect(entries()).toHaveLength(1)
})

test.each([
  ['checkin', 'ALREADY_CHECKED_IN'],
  ['checkout', 'NOT_CHECKED_IN'],
] as const)('a live %s whose answer was lost is known by %s', async (kind, reasonCode) => {
  phoneFiles()
  serve({ 'POST /homecare/sync': answerAll({ status: 'rejected', reasonCode }) })
  await enqueue({ kind, order: ORDER, payload: {}, sentAs: 'live-key' })
  await flushQueue()
  expect(entries()).toEqual([])
  await enqueue({ kind, order: ORDER, payload: {} })
  await flushQueue()
  expect(entries()[0]?.refusal?.code).toBe(reasonCode)
})

test('a step whose live answer was lost goes the live way again with its key', async () => {
  phoneFiles()
  const sent = serve({ 'POST /homecare/work-orders/order-1/steps': () => staffOk({}) })
  await enqueue({
    kind: 'step',
    order: ORDER,
    payload: { workOrderId: ORDER.id, step: 2, description: 'x', fileIds: ['f'] },
    sentAs: 'live-key',
  })
  await flushQueue()
  expect(sent[0]).toMatchObject({
    header: { 'Idempotency-Key': 'live-key' },
    data: { step: 2, description: 'x', fileIds: ['f'] },
  })
  expect(entries()).toEqual([])
})

test('an expired login keeps the queue', async () => {
  phoneFiles()
  serve({ 'POST /homecare/sync': () => staffRefuse(401, 'UNAUTHORIZED', '请先登录') })
  await step()
  await flushQueue()
  expect(entries()).toHaveLength(1)
  expect(storedKeys()).toHaveLength(1)
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/login/index' })
})

test('starts by itself when the network is back', async () => {
  phoneFiles()
  let tell: (status: { isConnected: boolean }) => void = () => undefined
  Taro.onNetworkStatusChange.mockImplementation((listener: typeof tell) => {
    tell = listener
  })
  serve({ 'POST /homecare/sync': offline })
  watchNetwork(() => void flushQueue())
  await step()
  await flushQueue()
  tell({ isConnected: false })
  serve({ 'POST /homecare/sync': answerAll() })
  tell({ isConnected: true })
  await waitFor(() => expect(entries()).toEqual([]))
})

test('a removed item and its photos are gone, a full phone says so', async () => {
  const files = phoneFiles()
  files.failure = { errMsg: 'fail' }
  serve({ 'POST /homecare/sync': offline })
  await checkin()
  await flushQueue()
  await removeEntry(entries()[0] as QueueEntry)
  expect([entries().length, storedKeys().length, files.saved.size]).toEqual([0, 0, 0])
  await checkin()
  await clearQueue()
  expect([entries().length, files.saved.size]).toEqual([0, 0])
  const write = Taro.setStorageSync
  Taro.setStorageSync = () => {
    throw new Error('exceed max size')
  }
  await expect(step()).rejects.toThrow('exceed')
  Taro.setStorageSync = write
  expect(entries()).toEqual([])
})
