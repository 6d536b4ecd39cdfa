import { waitFor } from '@testing-library/react'
import type { QueueEntry } from '@/shared/queue-entry'
import { flushQueue, retryEntry } from '@/services/offline-queue'
import { useQueue } from '@/stores/offline-queue'
import Taro from '../mocks/taro'
import { answerAll, checkin, entries, step, storedKeys, syncCalls } from '../support/queue'
import { offline, serve, STAFF, staffOk } from '../support/server'
import { ORDER, phoneFiles, staffPhone } from '../support/staff'

beforeEach(() => staffPhone())

test('photos are stored first, then the item goes with their ids and both leave the phone', async () => {
  const files = phoneFiles()
  const sent = serve({ 'POST /homecare/sync': answerAll() })
  const entry = await checkin()
  await flushQueue()
  expect(files.uploaded[0]).toMatchObject({
    path: '/saved/a.jpg',
    url: '/homecare/evidence',
    form: { workOrderId: ORDER.id, capturedAt: entry.capturedAt, latitude: '1' },
  })
  expect(syncCalls(sent)[0]?.data.items).toEqual([
    {
      clientId: entry.clientId,
      kind: 'checkin',
      capturedAt: entry.capturedAt,
      payload: { workOrderId: ORDER.id, latitude: 1, longitude: 2, evidenceFileIds: ['file-1'] },
    },
  ])
  expect(entries()).toEqual([])
  expect(storedKeys()).toEqual([])
  expect(files.saved.size).toBe(0)
  expect(useQueue.getState().delivered).toMatchObject([{ kind: 'checkin', orderNumber: ORDER.task_id }])
})

test('is on the phone before anything is sent', async () => {
  phoneFiles()
  const seen: number[] = []
  serve({
    'POST /homecare/sync': (request) => {
      seen.push(storedKeys().length)
      return answerAll()(request)
    },
  })
  await step()
  await flushQueue()
  expect(seen).toEqual([1])
})

test('without network everything stays and nothing is lost', async () => {
  const files = phoneFiles()
  files.failure = { errMsg: 'uploadFile:fail net::ERR_INTERNET_DISCONNECTED' }
  serve({ 'POST /homecare/sync': offline })
  await checkin()
  await step()
  await flushQueue()
  expect(entries().map(({ kind, refusal }) => [kind, refusal])).toEqual([
    ['checkin', null],
    ['step', null],
  ])
  expect(useQueue.getState().stopped).toBe('网络连接失败，请检查网络后重试')
})

test('a photo that was stored is not sent again after the call was lost', async () => {
  const files = phoneFiles()
  let broken = true
  serve({ 'POST /homecare/sync': (request) => (broken ? offline() : answerAll()(request)) })
  await checkin()
  await flushQueue()
  expect(entries()[0]?.photos[0]?.fileId).toBe('file-1')
  broken = false
  await flushQueue()
  expect(files.uploaded).toHaveLength(1)
  expect(entries()).toEqual([])
})

/** The app as it is after a start: fresh modules on the same phone. */
function startApp() {
  jest.resetModules()
  jest.doMock('@tarojs/taro', () => ({ __esModule: true, default: Taro }))
  const store = require('@/stores/offline-queue') as typeof import('@/stores/offline-queue')
  const services = require('@/services/offline-queue') as typeof import('@/services/offline-queue')
  const session = require('@/stores/session') as typeof import('@/stores/session')
  const consent = require('@/stores/consent') as typeof import('@/stores/consent')
  consent.useConsent.setState({ agreed: true })
  session.useSession.setState({ staff: STAFF })
  return { entries: () => store.useQueue.getState().entries, ...services }
}

const draft = { kind: 'checkin' as const, order: ORDER, payload: {} }

test('killed between the writing and the sending: the next start sends it', async () => {
  phoneFiles()
  // The app ends while the call is on its way.
  serve({ 'POST /homecare/sync': () => new Promise<never>(() => undefined) })
  const entry = await startApp().enqueue(draft)
  const app = startApp()
  expect(app.entries()).toEqual([entry])
  const sent = serve({ 'POST /homecare/sync': answerAll() })
  await app.flushQueue()
  expect(syncCalls(sent)[0]?.data.items[0].clientId).toBe(entry.clientId)
  expect(app.entries()).toEqual([])
  expect(storedKeys()).toEqual([])
})

test('killed after the server decided and before the phone knew: asked again with the same id, it is delivered', async () => {
  phoneFiles()
  const ids: string[] = []
  serve({
    'POST /homecare/sync': ({ data }) => {
      ids.push(data.items[0].clientId)
      return new Promise<never>(() => undefined)
    },
  })
  await startApp().enqueue(draft)
  await waitFor(() => expect(ids).toHaveLength(1))
  const app = startApp()
  const sent = serve({ 'POST /homecare/sync': answerAll({ status: 'duplicate', visitId: 'visit-1' }) })
  await app.flushQueue()
  expect(syncCalls(sent)[0]?.data.items[0].clientId).toBe(ids[0])
  expect(app.entries()).toEqual([])
})

test('a lost answer is asked for again with the same id', async () => {
  phoneFiles()
  const ids: string[] = []
  serve({
    'POST /homecare/sync': ({ data }) => {
      ids.push(data.items[0].clientId)
      return ids.length === 1
        ? Promise.reject({ errMsg: 'request:fail timeout' })
        : staffOk({ results: [{ clientId: ids[0], status: 'duplicate' }] })
    },
  })
  await step()
  await flushQueue()
  await flushQueue()
  expect(new Set(ids).size).toBe(1)
  expect(entries()).toEqual([])
})

test('a refused item stays with the reason in words; the others go', async () => {
  phoneFiles()
  serve({
    'POST /homecare/sync': ({ data }) =>
      staffOk({
        results: data.items.map(({ clientId, kind }: QueueEntry) =>
          kind === 'checkin'
            ? { clientId, status: 'rejected', reasonCode: 'OUT_OF_RADIUS' }
            : { clientId, status: 'accepted' },
        ),
      }),
  })
  await checkin([])
  await step()
  await flushQueue()
  expect(entries()).toMatchObject([
    { kind: 'checkin', refusal: { code: 'OUT_OF_RADIUS', text: '还没到签到范围，请再靠近服务地点' } },
  ])
  expect(storedKeys()).toHaveLength(1)
})

test.each([
  [
    { status: 'rejected', reasonCode: 'TASK_STEP_MISMATCH', message: '不能从“检测诊断”直接到“已派单”' },
    '不能从“检测诊断”直接到“已派单”',
  ],
  [{ status: 'rejected', reasonCode: 'WORK_ORDER_NOT_MINE' }, '该工单未派给您'],
  [{ status: 'invalid', message: '纬度不能为空' }, '纬度不能为空'],
])('says why: %j', async (answer, text) => {
  phoneFiles()
  serve({ 'POST /homecare/sync': answerAll(answer) })
  await step()
  await flushQueue()
  expect(entries()[0]?.refusal?.text).toBe(text)
})

test('a refused item is not sent again by itself, and is on demand', async () => {
  phoneFiles()
  let answer: Record<string, unknown> = { status: 'rejected', reasonCode: 'LOW_ACCURACY' }
  const sent = serve({ 'POST /homecare/sync': (request) => answerAll(answer)(request) })
  await checkin([])
  await flushQueue()
  await flushQueue()
  expect(syncCalls(sent)).toHaveLength(1)
  answer = { status: 'accepted' }
  await retryEntry(entries()[0] as QueueEntry)
  expect(syncCalls(sent)).toHaveLength(2)
  expect(entries()).toEqual([])
})

test('two triggers at once send one call', async () => {
  phoneFiles()
  const sent = serve({ 'POST /homecare/sync': answerAll() })
  await step()
  await Promise.all([flushQueue(), flushQueue(), flushQueue()])
  expect(syncCalls(sent)).toHaveLength(1)
})

test('what is added while a run is under way goes, too', async () => {
  phoneFiles()
  let added = false
  const sent = serve({
    'POST /homecare/sync': async (request) => {
      if (!added) {
        added = true
        await step('补充')
      }
      return answerAll()(request)
    },
  })
  await step()
  await flushQueue()
  await waitFor(() => expect(entries()).toEqual([]))
  expect(syncCalls(sent)).toHaveLength(2)
})
