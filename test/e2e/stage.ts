import { DEMO_CUSTOMERS, DEMO_STAFF } from '../../server/demo/people'
import { seedDemo } from '../../server/demo/seed'
import type { WorkOrderRow } from '../../types/api/homecare'
import type { StaffLogin } from '../../types/api/staff'
import type { TaskSubmission } from '../../types/api/tasks'
import { NO_LIMITS } from '../support/field-work'
import { startTestApp, type TestAppOptions } from '../support/test-app'
import type { Phone } from './browser'
import { buildSubmission } from '../support/builders'

/** Names as long as they come, so that what does not fit shows. */
const LONG: TaskSubmission = buildSubmission({
  type: 'repair',
  customer: {
    name: '欧阳娜仁图雅·阿依古丽',
    company: '内蒙古自治区食品药品检验检测研究院（国家乳制品质量安全风险监测重点实验室）',
    phone: '0471-8800123-6021',
    address: '内蒙古自治区呼和浩特市赛罕区鄂尔多斯东街与科尔沁南路交叉口西北侧科技创新园 12 号楼 B 座 1806 质谱实验室',
    latitude: 40.81832,
    longitude: 111.71264,
  },
  device: {
    name: '超高效液相色谱-三重四极杆串联质谱联用仪（含在线固相萃取与二维中心切割系统）',
    type: '液相色谱-质谱联用仪',
    brand: '赛默飞世尔科技（中国）有限公司',
    model: 'TSQ Altis Plus / Vanquish Flex UHPLC-OnlineSPE-2D',
    fault_description: 'ERR-0x80070057-SYSTEM-CONTROLLER-COMMUNICATION-TIMEOUT 反复出现，真空泵异响',
    quantity: 1,
  },
  description: '连续三天在进样约 40 针后通讯中断，重启工作站与仪器后恢复，日志已导出。请工程师带真空泵油与备用通讯板。',
})

/** The server with the demo in it, and where its scenes are to be found. */
export async function startStage(options: TestAppOptions = {}) {
  const app = await startTestApp({ ...NO_LIMITS, now: () => new Date(), ...options })
  await seedDemo(app.context)
  const login = async (email: string): Promise<StaffLogin> =>
    (await app.api.post('/auth/email-login', { email, password: 'password123' })).body.data
  const staff = {
    dispatcher: await login(DEMO_STAFF.dispatcher.email),
    li: await login(DEMO_STAFF.li.email),
    chen: await login(DEMO_STAFF.chen.email),
  }
  const { token } = staff.dispatcher
  const customer = { token: await app.api.customer(DEMO_CUSTOMERS[0]!.code) }
  const { body } = await app.api.post('/api/v1/tasks', LONG, customer)
  const { list } = (await app.api.get('/homecare/work-orders?scope=all&size=100', { token })).body.data
  const orders = list as WorkOrderRow[]
  const long = orders.find(({ task_id }) => task_id === body.data.task_id)!
  const workerId = staff.li.user.id
  await app.api.post(
    '/homecare/dispatch',
    { workOrderId: long.id, workerId, note: '客户周末不在，请先电话' },
    { token },
  )
  /** An order of the first customer, or of anybody, at this step. */
  const at = (step: number, company = DEMO_CUSTOMERS[0]!.profile.name) =>
    orders.find((order) => order.current_step === step && order.customer_company === company && order !== long)!
  return {
    app,
    staff,
    long,
    at,
    /** Chen has checked in and not yet left. */
    onSite: orders.find(({ visit_state }) => visit_state === 'CHECKED_IN')!,
    cancelled: orders.find(({ status }) => status === 'cancelled')!,
    site: DEMO_CUSTOMERS[0]!.site,
    /** Where Chen is. */
    otherSite: DEMO_CUSTOMERS[3]!.site,
  }
}

export type Stage = Awaited<ReturnType<typeof startStage>>
export type Role = 'stranger' | 'newcomer' | 'customer' | 'li' | 'chen' | 'dispatcher'

/** What the phone of such a person keeps: agreed to the guide, and logged in. */
export async function becomes(phone: Phone, role: Role, { staff }: Stage): Promise<void> {
  if (role === 'stranger') return
  const kept: Record<string, unknown> = { consent: { agreedAt: new Date().toISOString(), version: 1 } }
  if (role === 'customer') kept.demoCode = DEMO_CUSTOMERS[0]!.code
  if (role === 'li' || role === 'chen' || role === 'dispatcher') kept.staffLogin = staff[role]
  await phone.context.addInitScript((values) => {
    for (const [name, value] of Object.entries(values))
      localStorage.setItem(`yyl.${name}.v1`, JSON.stringify({ data: JSON.stringify(value) }))
  }, kept)
}
