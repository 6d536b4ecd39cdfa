import type { ProfileUpdate } from '../../types/api/customers'
import type { StaffRole } from '../../types/api/staff'

export const DEMO_PASSWORD = 'password123'

export interface DemoStaff {
  email: string
  role: StaffRole
  full_name: string
  phone: string
  /** How the Enterprise-WeChat gateway knows them. */
  wxwork_user_id: string | null
}

export const DEMO_STAFF = {
  dispatcher: {
    email: 'dispatcher@example.com',
    role: 'HOMECARE_DISPATCHER',
    full_name: '周调度',
    phone: '13900139010',
    wxwork_user_id: 'demo-zhou',
  },
  li: {
    email: 'worker@example.com',
    role: 'HOMECARE_WORKER',
    full_name: '李工',
    phone: '13900139000',
    wxwork_user_id: 'demo-li',
  },
  chen: {
    email: 'worker2@example.com',
    role: 'HOMECARE_WORKER',
    full_name: '陈工',
    phone: '13900139001',
    wxwork_user_id: 'demo-chen',
  },
  zhao: {
    email: 'worker3@example.com',
    role: 'HOMECARE_WORKER',
    full_name: '赵工',
    phone: '13900139002',
    wxwork_user_id: 'demo-zhao',
  },
  admin: {
    email: 'admin@example.com',
    role: 'ADMIN',
    full_name: '管理员',
    phone: '13900139020',
    wxwork_user_id: 'demo-admin',
  },
} satisfies Record<string, DemoStaff>

export type StaffKey = keyof typeof DEMO_STAFF
export type WorkerKey = 'li' | 'chen' | 'zhao'

export interface DemoCustomer {
  /** What the sandbox WeChat takes for this person's login. */
  code: string
  profile: ProfileUpdate
  /** GCJ02. */
  site: { latitude: number; longitude: number }
}

/** Customers of the demo; the first one has a task at most of the steps. */
export const DEMO_CUSTOMERS: DemoCustomer[] = [
  {
    code: 'demo-customer-1',
    profile: {
      contact: '张敏',
      name: '清源环境检测有限公司',
      phone: '13800138001',
      address: '江苏省苏州市工业园区星湖街 328 号 5 幢 302 实验室',
      email: 'zhangmin@example.com',
    },
    site: { latitude: 31.26249, longitude: 120.73212 },
  },
  {
    code: 'demo-customer-2',
    profile: {
      contact: '王建国',
      name: '华泰药物研究所',
      phone: '13800138002',
      address: '上海市浦东新区张江路 1206 号 B 座 4 楼分析室',
      email: 'wangjg@example.com',
    },
    site: { latitude: 31.20214, longitude: 121.60087 },
  },
  {
    code: 'demo-customer-3',
    profile: {
      contact: '刘芳',
      name: '禾谷食品安全检测中心',
      phone: '13800138003',
      address: '浙江省杭州市滨江区江南大道 588 号 2 号楼 6 层',
      email: 'liufang@example.com',
    },
    site: { latitude: 30.20873, longitude: 120.21201 },
  },
  {
    code: 'demo-customer-4',
    profile: {
      contact: '孙老师',
      name: '远山大学分析测试中心',
      phone: '13800138004',
      address: '江苏省南京市栖霞区仙林大道 163 号化学楼 112 室',
      email: 'sun@example.com',
    },
    site: { latitude: 32.11823, longitude: 118.95763 },
  },
]
