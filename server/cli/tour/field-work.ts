import { createPictures, drawSignature } from '../../demo/pictures'
import { hold } from './client'
import { fileOf, SITE } from './customer'
import type { Tour, TourStep } from './steps'

const METERS_PER_DEGREE = 111_195
const PASSWORD = 'password123'
const draw = createPictures()

/** What a phone so many metres north of the site reports. */
const fixAt = ({ workOrderId }: Tour, meters: number) => ({
  workOrderId,
  latitude: SITE.latitude + meters / METERS_PER_DEGREE,
  longitude: SITE.longitude,
  coordinateType: 'gcj02',
  accuracy: 8,
  reportedAt: new Date().toISOString(),
})

const enterStep = ({ api, worker, workOrderId }: Tour, step: number, description: string) =>
  api.call('POST', `/homecare/work-orders/${workOrderId}/steps`, {
    token: worker,
    json: { step, description, fileIds: [] },
  })

async function logIn({ api }: Tour, email: string) {
  const { token, user } = await api.call('POST', '/auth/email-login', { json: { email, password: PASSWORD } })
  return { token: token as string, user }
}

async function takeEvidence({ api, worker, workOrderId }: Tour): Promise<string> {
  const form = new FormData()
  form.append('workOrderId', workOrderId)
  form.append('file', fileOf(await draw('running'), '现场.jpg', 'image/jpeg'))
  const { file_id } = await api.call('POST', '/homecare/evidence', { token: worker, form })
  return file_id
}

export const ON_SITE: TourStep[] = [
  {
    title: '派单',
    async play(tour) {
      const dispatcher = await logIn(tour, 'dispatcher@example.com')
      const worker = await logIn(tour, 'worker@example.com')
      tour.dispatcher = dispatcher.token
      tour.worker = worker.token
      const { workOrderId } = tour
      const json = { workOrderId, workerId: worker.user.id, note: '备件随车携带' }
      const { status, currentStep } = await tour.api.call('POST', '/homecare/dispatch', {
        token: tour.dispatcher,
        json,
      })
      hold(status === 'ASSIGNED' && currentStep === 1, '派单后应为第 1 步')
      await tour.api.refused(403, 'POST', '/homecare/dispatch', { token: tour.worker, json })
      return `${dispatcher.user.full_name}派给${worker.user.full_name}；服务人员自己不能派单`
    },
  },
  {
    title: '接单',
    async play({ api, worker, workOrderId }) {
      const { status } = await api.call('POST', '/homecare/accept', { token: worker, json: { workOrderId } })
      hold(status === 'ACCEPTED', `接单后状态为 ${status}`)
      const order = await api.call('GET', `/homecare/work-orders/${workOrderId}`, { token: worker })
      return `${order.task_id} ${order.customer_company}，${order.service_address}`
    },
  },
  {
    title: '签到预校验，太远',
    async play(tour) {
      const request = { token: tour.worker, json: fixAt(tour, 180) }
      const { body } = await tour.api.refused(400, 'POST', '/homecare/checkin/precheck', request)
      hold(body.data.reasonCode === 'OUT_OF_RADIUS', `原因应为 OUT_OF_RADIUS，实为 ${body.data.reasonCode}`)
      return `距离 ${body.data.distanceMeters} 米，超出 ${body.data.allowedRadiusMeters} 米`
    },
  },
  {
    title: '签到预校验，已到现场',
    async play(tour) {
      const json = fixAt(tour, 12)
      const { distanceMeters, canCheckin } = await tour.api.call('POST', '/homecare/checkin/precheck', {
        token: tour.worker,
        json,
      })
      hold(canCheckin, '在范围内却不能签到')
      return `距离 ${distanceMeters} 米，可以签到`
    },
  },
  {
    title: '签到',
    async play(tour) {
      const { api, worker } = tour
      const evidenceFileIds = [await takeEvidence(tour)]
      const target = '/homecare/checkin/submit'
      const unsigned = { ...fixAt(tour, 12), evidenceFileIds, signature: '' }
      const { body } = await api.refused(400, 'POST', target, { token: worker, json: unsigned })
      hold(body.data.reasonCode === 'SIGNATURE_REQUIRED', '没有签名也能签到')
      const json = { ...fixAt(tour, 12), evidenceFileIds, signature: await drawSignature() }
      const { visitId } = await api.call('POST', target, { token: worker, json })
      hold(visitId, '签到没有返回编号')
      return '照片与签名齐全，已签到；缺签名时被拒绝'
    },
  },
  {
    title: '检测、报价，请客户确认',
    async play(tour) {
      await enterStep(tour, 2, '经检测，泵 B 头密封垫老化漏液')
      await enterStep(tour, 3, '更换密封垫与单向阀，含人工共 1,280 元')
      await enterStep(tour, 4, '请确认维修方案与报价')
      const { api, worker, workOrderId } = tour
      const json = { step: 5, description: '不等确认就动手', fileIds: [] }
      await api.refused(409, 'POST', `/homecare/work-orders/${workOrderId}/steps`, { token: worker, json })
      return '第 2、3、4 步已写入；客户确认之前不能执行'
    },
  },
  {
    title: '客户确认方案',
    async play({ api, customer, taskId }) {
      const target = `/api/v1/tasks/${taskId}`
      const before = await api.call('GET', target, { token: customer })
      hold(before.can_confirm && before.engineer_name, '客户看不到待确认的方案或工程师')
      await api.call('POST', `${target}/confirm`, { token: customer, json: { accept: true, comment: '同意' } })
      const after = await api.call('GET', target, { token: customer })
      hold(after.current_step === 5, `确认后应为第 5 步，实为 ${after.current_step}`)
      return `${before.engineer_name}（${before.engineer_phone}）的方案已同意`
    },
  },
  {
    title: '完成与签退',
    async play(tour) {
      await enterStep(tour, 6, '更换完成，压力稳定，重复性合格')
      const json = { ...fixAt(tour, 6), summary: '更换密封垫与单向阀，运行正常' }
      const { durationMinutes } = await tour.api.call('POST', '/homecare/checkout', { token: tour.worker, json })
      hold(Number.isInteger(durationMinutes), '签退没有返回时长')
      return `已签退，现场 ${durationMinutes} 分钟`
    },
  },
]

export const EVALUATION: TourStep[] = [
  {
    title: '客户评价',
    async play({ api, customer, taskId }) {
      const target = `/api/v1/tasks/${taskId}/evaluation`
      const json = { serviceAttitude: 5, serviceQuality: 5, overallRating: 5, comment: '来得快，一次修好' }
      await api.call('POST', target, { token: customer, json })
      await api.refused(409, 'POST', target, { token: customer, json })
      const detail = await api.call('GET', `/api/v1/tasks/${taskId}`, { token: customer })
      hold(detail.current_step === 7 && detail.status === 'closed', '评价后任务没有结束')
      return '任务结束，不能再评一次'
    },
  },
  {
    title: '完整的进展',
    async play({ api, customer, taskId }) {
      const { list } = await api.call('GET', `/api/v1/tasks/${taskId}/timeline`, { token: customer })
      const titles: string[] = list.map((entry: { title: string }) => entry.title)
      const types: string[] = list.map((entry: { type: string }) => entry.type)
      for (const type of ['SUBMITTED', 'DISPATCHED', 'ACCEPTED', 'CHECKED_IN', 'PLAN_CONFIRMED', 'EVALUATED'])
        hold(types.includes(type), `进展里没有 ${type}`)
      hold(!JSON.stringify(list).includes('latitude'), '客户的进展里出现了坐标')
      return titles.join(' → ')
    },
  },
]
