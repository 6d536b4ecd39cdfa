import {
  AimOutlined,
  ApiOutlined,
  AuditOutlined,
  BarChartOutlined,
  BellOutlined,
  ClockCircleOutlined,
  DiffOutlined,
  EnvironmentOutlined,
  IdcardOutlined,
  ProfileOutlined,
  FileSearchOutlined,
  ImportOutlined,
  GlobalOutlined,
  SafetyOutlined,
  WechatWorkOutlined,
  ScheduleOutlined,
  SendOutlined,
  StarOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { StaffRole } from '@shared/api/staff'
import { type ComponentType, lazy, type ReactNode } from 'react'

type Load = () => Promise<{ default: ComponentType }>

export interface PageRoute {
  path: string
  element: ComponentType
  /** Of the menu; a page without one is reached from another page. */
  entry?: { label: string; icon: ReactNode; group: MenuGroup }
  /** Who may open it; everybody who may enter the console when left out. */
  roles?: StaffRole[]
}

export const MENU_GROUPS = ['今日', '现场', '合作系统', '资料', '系统'] as const
export type MenuGroup = (typeof MENU_GROUPS)[number]

const page = (path: string, load: Load, rest: Omit<PageRoute, 'path' | 'element'> = {}): PageRoute => ({
  path,
  element: lazy(load),
  ...rest,
})
const entry = (group: MenuGroup, label: string, icon: ReactNode) => ({ entry: { group, label, icon } })

/** Every page of the console, one line each, in the order of the menu. */
export const ROUTES: PageRoute[] = [
  page('/', () => import('./pages/overview'), entry('今日', '总览', <BarChartOutlined aria-hidden />)),
  page('/board', () => import('./pages/board'), entry('今日', '派单台', <ScheduleOutlined aria-hidden />)),
  page('/tasks', () => import('./pages/tasks'), entry('现场', '任务', <ProfileOutlined aria-hidden />)),
  page('/tasks/:id', () => import('./pages/task')),
  page('/visits', () => import('./pages/visits'), entry('现场', '签到记录', <EnvironmentOutlined aria-hidden />)),
  page('/rules', () => import('./pages/rules'), entry('现场', '签到规则', <AimOutlined aria-hidden />)),
  page('/sessions', () => import('./pages/sessions'), entry('合作系统', '会话看板', <ApiOutlined aria-hidden />)),
  page('/wxwork', () => import('./pages/wxwork'), {
    ...entry('合作系统', '企业微信', <WechatWorkOutlined aria-hidden />),
    roles: ['ADMIN'],
  }),
  page('/external', () => import('./pages/external'), {
    ...entry('合作系统', '外部系统', <GlobalOutlined aria-hidden />),
    roles: ['ADMIN'],
  }),
  page('/external/systems', () => import('./pages/external-system'), { roles: ['ADMIN'] }),
  page('/external/systems/:system', () => import('./pages/external-system'), { roles: ['ADMIN'] }),
  page('/external/challenges', () => import('./pages/challenges'), {
    ...entry('合作系统', '验证码待办', <SafetyOutlined aria-hidden />),
    roles: ['ADMIN'],
  }),
  page('/external/orders', () => import('./pages/external-orders'), {
    ...entry('合作系统', '外部工单', <ImportOutlined aria-hidden />),
    roles: ['ADMIN'],
  }),
  page('/external/pulls', () => import('./pages/external-pulls'), { roles: ['ADMIN'] }),
  page('/external/logs', () => import('./pages/external-logs'), {
    ...entry('合作系统', '调用记录', <FileSearchOutlined aria-hidden />),
    roles: ['ADMIN'],
  }),
  page('/outbox', () => import('./pages/outbox'), entry('合作系统', '待发写入', <SendOutlined aria-hidden />)),
  page('/drift', () => import('./pages/drift'), entry('合作系统', 'ngs 对账', <DiffOutlined aria-hidden />)),
  page('/notifications', () => import('./pages/notifications'), entry('合作系统', '通知记录', <BellOutlined aria-hidden />)),
  page('/customers', () => import('./pages/customers'), entry('资料', '客户', <TeamOutlined aria-hidden />)),
  page('/evaluations', () => import('./pages/evaluations'), entry('资料', '评价', <StarOutlined aria-hidden />)),
  page('/staff', () => import('./pages/staff'), entry('资料', '员工', <IdcardOutlined aria-hidden />)),
  page('/audit', () => import('./pages/audit'), entry('系统', '操作记录', <AuditOutlined aria-hidden />)),
  page('/jobs', () => import('./pages/jobs'), entry('系统', '定时任务', <ClockCircleOutlined aria-hidden />)),
]

/** Whether the console has a page at this address; a link to one that is missing would lead nowhere. */
export const hasPage = (address: string): boolean => {
  const [path] = address.split('?')
  return ROUTES.some((route) => route.path === path)
}
