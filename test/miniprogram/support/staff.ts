import { act } from '@testing-library/react'
import type { OfflineTicket, VisitView, WorkOrderDetail, WorkOrderRow } from '@shared/api/homecare'
import type { StaffRole } from '@shared/api/staff'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import Taro from '../mocks/taro'
import { freshPhone, STAFF, staffOk } from './server'

export const ME = STAFF.user.id
/** GCJ02 */
export const SITE = { latitude: 31.26249, longitude: 120.73212 }
/** So many metres north of the site. */
export const north = (meters: number) => ({ ...SITE, latitude: SITE.latitude + meters / 111_194.93 })

export const ORDER: WorkOrderRow = {
  id: 'order-1',
  task_id: 'T202611200001',
  task_type: 'repair',
  status: 'open',
  current_step: 1,
  step_label: '已派单',
  device_name: '高效液相色谱仪',
  description: '基线漂移，已重启两次',
  customer_name: '张敏',
  customer_company: '清源环境检测有限公司',
  customer_phone: '13800138001',
  service_address: '苏州市工业园区星湖街 328 号',
  service_latitude: SITE.latitude,
  service_longitude: SITE.longitude,
  assignment_status: 'ACCEPTED',
  worker_id: ME,
  worker_name: '李工',
  visit_state: 'NONE',
  appointment_time: '2026-11-22T08:51:00.000Z',
  created_at: '2026-11-20T01:00:00.000Z',
  updated_at: '2026-11-20T02:00:00.000Z',
}

export const TICKET: OfflineTicket = {
  workOrderId: ORDER.id,
  workerId: ME,
  ...SITE,
  radiusMeters: 50,
  nonce: 'nonce-1',
  expiresAt: '2099-01-01T00:00:00.000Z',
  signature: 'signed',
}

export const VISIT: VisitView = {
  id: 'visit-1',
  work_order_id: ORDER.id,
  task_id: ORDER.task_id,
  visit_no: 1,
  worker_id: ME,
  worker_name: '陈工',
  status: 'CHECKED_OUT',
  checkin_at: '2026-11-20T01:00:00.000Z',
  checkout_at: '2026-11-20T03:05:00.000Z',
  captured_at: null,
  received_at: '2026-11-20T01:00:01.000Z',
  ...north(31),
  accuracy_meters: 11,
  distance_meters: 31,
  radius_meters: 50,
  radius_scope: 'GLOBAL',
  decision: 'INSIDE',
  flags: ['STALE_FIX', 'EVIDENCE_REUSED'],
  signature: 'data:image/png;base64,AAAA',
  summary: '更换密封圈',
  evidence: [
    {
      file_id: 'photo-1',
      name: '现场.jpg',
      sha256: 'aa',
      url: '/api/v1/files/photo-1',
      stamped_url: '/api/v1/files/photo-1?v=stamped',
      thumbnail_url: '/api/v1/files/photo-1?v=thumbnail',
      captured_at: null,
    },
  ],
  review: null,
  service_latitude: SITE.latitude,
  service_longitude: SITE.longitude,
}

export const DETAIL: WorkOrderDetail = {
  ...ORDER,
  device: { name: '高效液相色谱仪', brand: '安捷伦', quantity: 1, fault_description: '泵压不稳' },
  submission: { images: [{ name: 'a.jpg', url: '/a.jpg' }], files: [{ name: '报告.pdf', url: '/b.pdf' }] },
  step_records: [
    {
      id: 'record-1',
      step: 1,
      step_label: '已派单',
      description: '已安排工程师李工',
      author: '周调度',
      created_at: '2026-11-20T02:00:00.000Z',
      images: [],
      files: [],
    },
  ],
  visits: [],
  radius: { radiusMeters: 50, radiusScope: 'GLOBAL', accuracyMode: 'document' },
  offline_ticket: TICKET,
  dispatch_note: '带 C18 色谱柱',
  events: [
    { type: 'CREATED', title: '提交需求', description: '', actor: '张敏', created_at: '2026-11-20T01:00:00.000Z' },
    {
      type: 'DISPATCHED',
      title: '已派单',
      description: '已安排工程师李工',
      actor: '周调度',
      created_at: '2026-11-20T02:00:00.000Z',
    },
  ],
}

export const rows = <T>(list: T[], more: { pages?: number; current?: number } = {}) =>
  staffOk({ total: list.length, pages: 1, current: 1, size: 10, list, ...more })

/** A phone with a member of staff logged in, an empty queue and network. */
export function staffPhone(role: StaffRole = 'HOMECARE_WORKER'): void {
  freshPhone()
  useSession.setState({ staff: { ...STAFF, user: { ...STAFF.user, role } } })
  useQueue.setState({ entries: [], delivered: [], sending: false, current: null, stopped: '' })
  useNetwork.setState({ online: true })
}

/** The phone's file system: what was saved, and the upload of it; `fail` makes the next uploads fail. */
export function phoneFiles() {
  const saved = new Set<string>()
  const state = {
    saved,
    uploaded: [] as { path: string; url: string; form: Record<string, string> }[],
    failure: null as unknown,
  }
  Taro.getFileSystemManager.mockReturnValue({
    saveFile: ({ tempFilePath, success }: { tempFilePath: string; success: (answer: unknown) => void }) => {
      const savedFilePath = tempFilePath.replace('/tmp/', '/saved/')
      saved.add(savedFilePath)
      success({ savedFilePath })
    },
    access: ({ path, success, fail }: { path: string; success: () => void; fail: () => void }) =>
      saved.has(path) ? success() : fail(),
    removeSavedFile: ({ filePath, complete }: { filePath: string; complete: () => void }) => {
      saved.delete(filePath)
      complete()
    },
  })
  Taro.uploadFile.mockImplementation(
    ({ filePath, url, formData }: { filePath: string; url: string; formData: Record<string, string> }) => {
      const send = async () => {
        if (state.failure) throw state.failure
        state.uploaded.push({ path: filePath, url: url.replace('https://api.test', ''), form: formData })
        const data = { file_id: `file-${state.uploaded.length}`, url: '/f' }
        return { statusCode: 200, data: JSON.stringify({ code: 'OK', msg: 'success', data, traceId: 't' }) }
      }
      return Object.assign(send(), { progress: () => undefined, abort: () => undefined })
    },
  )
  return state
}

/** Lets the camera take a picture. */
export function camera(...names: string[]): void {
  Taro.chooseMedia.mockResolvedValue({
    tempFiles: names.map((name) => ({ tempFilePath: `/tmp/${name}.jpg`, size: 10 })),
  })
}

/** Positions of the phone: call the answer with each. */
export function gps(): (position: { latitude: number; longitude: number; accuracy?: number }) => void {
  const listeners: ((raw: unknown) => void)[] = []
  Taro.onLocationChange.mockImplementation((listener: (raw: unknown) => void) => void listeners.push(listener))
  return (position) => act(() => listeners.forEach((listener) => listener({ accuracy: 8, ...position })))
}

/** A canvas that exports a picture, found by the page's query. */
export function signaturePad(): void {
  const pen = new Proxy({} as Record<string | symbol, unknown>, {
    get: (target, key) => target[key] ?? (() => undefined),
    set: (target, key, value) => {
      target[key] = value
      return true
    },
  })
  const node = { width: 0, height: 0, getContext: () => pen, toDataURL: () => 'data:image/png;base64,signature' }
  Taro.createSelectorQuery.mockImplementation(() => {
    const query = {
      select: () => ({ fields: () => query, boundingClientRect: () => query }),
      exec: (done: (found: unknown) => void) => done([{ node }, { width: 320, height: 180 }]),
    }
    return query
  })
}
