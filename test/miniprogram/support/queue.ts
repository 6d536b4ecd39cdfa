import { enqueue } from '@/services/offline-queue'
import { useQueue } from '@/stores/offline-queue'
import Taro from '../mocks/taro'
import { staffOk } from './server'
import { ORDER } from './staff'

export const PHOTO = { path: '/tmp/a.jpg', name: 'a.jpg', size: 10, kind: 'image' as const }
export const checkin = (photos = [PHOTO]) =>
  enqueue({ kind: 'checkin', order: ORDER, payload: { workOrderId: ORDER.id, latitude: 1, longitude: 2 }, photos })
export const step = (description = '检测完成') =>
  enqueue({ kind: 'step', order: ORDER, payload: { workOrderId: ORDER.id, step: 2, description, fileIds: [] } })
export const entries = () => useQueue.getState().entries
export const storedKeys = () => (Taro.getStorageInfoSync().keys as string[]).filter((key) => key.includes('queue'))

/** Answers every item of a sync call. */
export const answerAll =
  (answer: Record<string, unknown> = { status: 'accepted' }) =>
  ({ data }: { data?: { items: { clientId: string }[] } }) =>
    staffOk({ results: (data?.items ?? []).map(({ clientId }) => ({ clientId, ...answer })) })
export const syncCalls = (sent: { url: string; data?: any }[]) =>
  sent.filter(({ url }) => url.endsWith('/homecare/sync'))
