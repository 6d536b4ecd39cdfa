import { createHash } from 'node:crypto'
import { createPictures } from '../../demo/pictures'
import { writeReport } from '../../demo/report-pdf'
import { hold } from './client'
import type { Tour, TourStep } from './steps'

const PROFILE = {
  contact: '林巡',
  name: '巡览检测实验室',
  phone: '13800138099',
  address: '江苏省苏州市工业园区星湖街 328 号',
  email: 'tour@example.com',
}
const CUSTOMER = { name: PROFILE.contact, company: PROFILE.name, phone: PROFILE.phone, address: PROFILE.address }
export const SITE = { latitude: 31.26249, longitude: 120.73212 }
const DEVICE = { name: '高效液相色谱仪', type: '色谱仪', brand: '安捷伦', model: '1260', quantity: 1 }

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
export const fileOf = (content: Buffer, name: string, type: string) =>
  new File([new Uint8Array(content)], name, { type })
const draw = createPictures()

/** The repair form with two photos and a PDF, as the mini-program sends it. */
async function repairForm(description: string): Promise<FormData> {
  const form = new FormData()
  const fields = {
    type: 'repair',
    description,
    ...prefixed('customer', { ...CUSTOMER, ...SITE }),
    ...prefixed('device', { ...DEVICE, fault_description: '开机自检报警 E02，泵压力归零' }),
  }
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  form.append('images', fileOf(await draw('liquid-chromatograph'), '正面照片.jpg', 'image/jpeg'))
  form.append('images', fileOf(await draw('leak'), '泵头漏液.jpg', 'image/jpeg'))
  const log = writeReport({ title: '仪器报警记录', lines: ['09:12  E02 泵压力低于下限', '09:14  重启'] })
  form.append('files', fileOf(log, '报警记录.pdf', 'application/pdf'))
  return form
}

const prefixed = (prefix: string, values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]))

const submission = async ({ customer, run }: Tour, description: string) => ({
  token: customer,
  form: await repairForm(description),
  headers: { 'idempotency-key': `tour-${run}` },
})

const detailOf = ({ api, customer, taskId }: Tour) => api.call('GET', `/api/v1/tasks/${taskId}`, { token: customer })

const DESCRIPTION = '今早开机后泵模块红灯常亮，重启两次无效，希望尽快安排。'

export const SUBMISSION: TourStep[] = [
  {
    title: '微信登录',
    async play(tour) {
      const { token, userInfo } = await tour.api.call('POST', '/api/v1/wechat/login', { json: { code: 'demo-tour' } })
      hold(token && typeof userInfo.name === 'string', '登录没有返回令牌和用户信息')
      tour.customer = token
      await tour.api.refused(400, 'POST', '/api/v1/wechat/login', { json: { code: 'not-a-demo-code' } })
      return '客户用微信凭证换得令牌，假凭证被拒绝'
    },
  },
  {
    title: '完善资料',
    async play({ api, customer }) {
      await api.call('PUT', '/api/v1/user/profile', { token: customer, json: PROFILE })
      const profile = await api.call('GET', '/api/v1/user/profile', { token: customer })
      for (const [field, value] of Object.entries(PROFILE)) hold(profile[field] === value, `资料中的 ${field} 没有保存`)
      return `${profile.contact}，${profile.name}`
    },
  },
  {
    title: '选择服务类型',
    async play({ api }) {
      const { list } = await api.call('GET', '/api/v1/task-types')
      const repair = list.find((one: { type: string }) => one.type === 'repair')
      hold(list.length === 8 && repair, '应有八种服务类型')
      const required = repair.fields.filter((field: { required: boolean }) => field.required)
      return `八种类型；${repair.label}要填：${required.map((field: { label: string }) => field.label).join('、')}`
    },
  },
  {
    title: '漏填必填项',
    async play({ api, customer }) {
      const json = { type: 'repair', customer: CUSTOMER, device: { ...DEVICE, name: '' }, description: DESCRIPTION }
      const { body } = await api.refused(400, 'POST', '/api/v1/tasks', { token: customer, json })
      hold(body.message.includes('仪器名称'), `提示没有指出仪器名称：${body.message}`)
      return `被退回：${body.message}`
    },
  },
  {
    title: '提交维修任务',
    async play(tour) {
      const { task_id } = await tour.api.call('POST', '/api/v1/tasks', await submission(tour, DESCRIPTION))
      hold(/^T\d{12,}$/.test(task_id), `任务编号的格式不对：${task_id}`)
      tour.taskId = task_id
      return `两张照片、一份 PDF，任务编号 ${task_id}`
    },
  },
  {
    title: '网络不好，再点一次提交',
    async play(tour) {
      const again = await tour.api.call('POST', '/api/v1/tasks', await submission(tour, DESCRIPTION))
      hold(again.task_id === tour.taskId, `重复提交产生了另一个任务 ${again.task_id}`)
      await tour.api.refused(422, 'POST', '/api/v1/tasks', await submission(tour, '换了内容'))
      return '仍是同一个任务；同一个键换了内容则被拒绝'
    },
  },
]

export const FOLLOWING: TourStep[] = [
  {
    title: '任务列表',
    async play({ api, customer, taskId }) {
      const page = await api.call('GET', '/api/v1/tasks?page=1&size=5', { token: customer })
      hold(page.list[0]?.task_id === taskId, '最新的任务不在列表第一行')
      const found = await api.call('GET', `/api/v1/tasks?q=${taskId}&status=open&type=repair`, { token: customer })
      hold(found.total === 1, `按编号查到 ${found.total} 个任务，应为 1 个`)
      return `共 ${page.total} 个任务，新任务在最前；按编号能查到`
    },
  },
  {
    title: '任务详情',
    async play(tour) {
      const detail = await detailOf(tour)
      tour.workOrderId = detail.id
      const { images, files } = detail.step_content
      hold(detail.current_step === 0 && detail.steps.length === 8, '新任务应停在第 0 步，共八步')
      hold(
        images.length === 2 && files.length === 1,
        `应有 2 张照片和 1 个附件，实为 ${images.length} 和 ${files.length}`,
      )
      hold(detail.can_cancel && detail.can_remind && !detail.can_evaluate, '可执行的操作不对')
      return `${detail.steps[0].label}：${images.length} 张照片，附件 ${files[0].name}`
    },
  },
  {
    title: '打开照片与附件',
    async play(tour) {
      const { images, thumbnails, files } = (await detailOf(tour)).step_content
      const [photo, small, pdf] = await Promise.all(
        [images[0], thumbnails[0], files[0].url].map((link: string) => tour.api.send('GET', link)),
      )
      hold(photo && sha256(photo.bytes) === sha256(await draw('liquid-chromatograph')), '照片与上传的不一致')
      hold(small && small.status === 200 && small.bytes.length < photo.bytes.length, '缩略图没有变小')
      hold(pdf?.headers.get('content-type') === 'application/pdf', '附件不是 PDF')
      await tour.api.refused(403, 'GET', `${images[0]}x`)
      return `照片逐字节一致，缩略图 ${Math.round(small.bytes.length / 1024)} KB；改动过的链接打不开`
    },
  },
  {
    title: '查看进展',
    async play({ api, customer, taskId }) {
      const { list } = await api.call('GET', `/api/v1/tasks/${taskId}/timeline`, { token: customer })
      hold(list[0]?.type === 'SUBMITTED', '进展里没有提交记录')
      return list.map((entry: { title: string; time: string }) => `${entry.title}（${entry.time}）`).join('、')
    },
  },
  {
    title: '催办',
    async play({ api, customer, taskId }) {
      const target = `/api/v1/tasks/${taskId}/reminder`
      await api.call('POST', target, { token: customer, json: { comment: '样品在等' } })
      const { body } = await api.refused(429, 'POST', target, { token: customer, json: {} })
      return `已催办；再催：${body.message}`
    },
  },
  {
    title: '另一个任务，提交后取消',
    async play({ api, customer }) {
      const form = new FormData()
      form.append('file', fileOf(await draw('balance'), '天平.jpg', 'image/jpeg'))
      const { file_id } = await api.call('POST', '/api/v1/files', { token: customer, form })
      const json = { type: 'recycle', customer: CUSTOMER, device: DEVICE, description: '评估回收', file_ids: [file_id] }
      const { task_id } = await api.call('POST', '/api/v1/tasks', { token: customer, json })
      const target = `/api/v1/tasks/${task_id}`
      await api.call('POST', `${target}/cancel`, { token: customer, json: { reason: '暂不处理' } })
      const detail = await api.call('GET', target, { token: customer })
      hold(detail.status === 'cancelled' && detail.cancel_reason === '暂不处理', '任务没有取消')
      await api.refused(409, 'POST', `${target}/cancel`, { token: customer, json: { reason: '再次取消' } })
      return `${task_id} 先传照片再提交，已取消，不能再取消一次`
    },
  },
  {
    title: '别人看不到',
    async play({ api, taskId }) {
      const stranger = await api.call('POST', '/api/v1/wechat/login', { json: { code: 'demo-tour-stranger' } })
      await api.refused(404, 'GET', `/api/v1/tasks/${taskId}`, { token: stranger.token })
      await api.refused(401, 'GET', `/api/v1/tasks/${taskId}`)
      return '另一位客户查不到这个任务，未登录则要求登录'
    },
  },
]
