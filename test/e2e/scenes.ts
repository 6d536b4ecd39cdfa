import { northOfSite, SITE } from '../support/field-work'
import type { Person } from './person'
import type { Role, Stage } from './stage'

/** A page in a state worth looking at. */
export interface Scene {
  name: string
  role: Role
  route: string
  /** What shows that the page is there. */
  sees: string | RegExp
  act?: (person: Person) => Promise<unknown>
  /** The phone loses its network in it, so it must keep the app's files. */
  losesNetwork?: boolean
}

const customerScenes = ({ at, long, cancelled }: Stage): Scene[] => [
  { name: 'home-consent', role: 'stranger', route: 'pages/home/index', sees: '同意并继续' },
  { name: 'home-empty', role: 'newcomer', route: 'pages/home/index', sees: '没有进行中的任务' },
  { name: 'home', role: 'customer', route: 'pages/home/index', sees: '进行中的任务' },
  { name: 'submit', role: 'customer', route: 'pages/submit/index?type=repair', sees: '提交需求' },
  {
    name: 'submit-wrong',
    role: 'newcomer',
    route: 'pages/submit/index?type=verification',
    sees: '提交需求',
    act: (person) => person.tap('提交需求'),
  },
  { name: 'submitted', role: 'customer', route: `pages/submitted/index?id=${at(0).task_id}`, sees: '接下来会发生什么' },
  { name: 'tasks', role: 'customer', route: 'pages/tasks/index', sees: /^共 \d+ 个任务$/ },
  { name: 'tasks-empty', role: 'newcomer', route: 'pages/tasks/index', sees: '还没有任务' },
  { name: 'task-new', role: 'customer', route: `pages/task/index?id=${at(0).task_id}`, sees: '需求信息' },
  { name: 'task-long', role: 'customer', route: `pages/task/index?id=${long.task_id}`, sees: '需求信息' },
  { name: 'task-confirm', role: 'customer', route: `pages/task/index?id=${at(4).task_id}`, sees: '同意方案' },
  {
    name: 'task-confirm-sheet',
    role: 'customer',
    route: `pages/task/index?id=${at(4).task_id}`,
    sees: '退回方案',
    act: (person) => person.tap('退回方案'),
  },
  {
    name: 'task-cancel-sheet',
    role: 'customer',
    route: `pages/task/index?id=${at(0).task_id}`,
    sees: '取消任务',
    act: (person) => person.tap('取消任务'),
  },
  { name: 'task-done', role: 'customer', route: `pages/task/index?id=${at(6).task_id}`, sees: '评价服务' },
  {
    name: 'task-missing',
    role: 'customer',
    route: `pages/task/index?id=${cancelled.task_id}`,
    sees: /没有|不存在|无权/,
  },
  { name: 'evaluate', role: 'customer', route: `pages/evaluate/index?id=${at(6).task_id}`, sees: '提交评价' },
  { name: 'evaluate-given', role: 'customer', route: `pages/evaluate/index?id=${at(7).task_id}`, sees: '感谢您的评价' },
  { name: 'notices', role: 'customer', route: 'pages/notices/index', sees: /今天|昨天|月/ },
  { name: 'notices-empty', role: 'newcomer', route: 'pages/notices/index', sees: /没有/ },
  { name: 'privacy', role: 'stranger', route: 'pages/privacy/index', sees: /隐私/ },
  { name: 'profile', role: 'customer', route: 'pages/profile/index', sees: '张敏' },
  { name: 'profile-new', role: 'newcomer', route: 'pages/profile/index', sees: '保存' },
]

const near = (person: Person, { site }: Stage, meters: number, accuracy?: number) =>
  person.stand({ ...site, latitude: site.latitude + northOfSite(meters).latitude - SITE.latitude }, accuracy)

const workerScenes = (stage: Stage): Scene[] => {
  const { at, long, onSite } = stage
  const checkin = `worker/checkin/index?id=${at(1).id}`
  return [
    { name: 'worker-login', role: 'newcomer', route: 'worker/login/index', sees: '登录' },
    {
      name: 'worker-login-wrong',
      role: 'newcomer',
      route: 'worker/login/index',
      sees: '登录',
      act: (person) => person.tap('登录'),
    },
    { name: 'worker-orders', role: 'li', route: 'worker/orders/index', sees: '没有更多了' },
    {
      name: 'worker-orders-pool',
      role: 'li',
      route: 'worker/orders/index',
      sees: '没有更多了',
      act: async (person) => {
        await person.tapOn('.tabs__item', '可接工单')
        await person.button('接单').first().waitFor()
      },
    },
    {
      name: 'worker-orders-done',
      role: 'li',
      route: 'worker/orders/index',
      sees: '没有更多了',
      act: (person) => person.tapOn('.tabs__item', '已完成'),
    },
    { name: 'worker-order', role: 'li', route: `worker/order/index?id=${at(4).id}`, sees: '客户与地点' },
    { name: 'worker-order-long', role: 'li', route: `worker/order/index?id=${long.id}`, sees: '客户与地点' },
    {
      name: 'worker-order-reject',
      role: 'li',
      route: `worker/order/index?id=${long.id}`,
      sees: '客户与地点',
      act: (person) => person.tap('退回'),
    },
    {
      name: 'worker-checkin-far',
      role: 'li',
      route: checkin,
      sees: /定位|距服务地点/,
      act: (person) => near(person, stage, 1000, 25).then(() => person.see('还没到签到范围')),
    },
    {
      name: 'worker-checkin',
      role: 'li',
      route: checkin,
      sees: /定位|距服务地点/,
      act: async (person) => {
        await near(person, stage, 12)
        await person.see('12 米')
        await person.see('已在签到范围内，可以签到')
        await person.sign()
      },
    },
    { name: 'worker-steps', role: 'li', route: `worker/steps/index?id=${at(1).id}`, sees: '进入“检测诊断”' },
    { name: 'worker-steps-waiting', role: 'li', route: `worker/steps/index?id=${at(4).id}`, sees: /^方案已提交/ },
    { name: 'worker-checkout', role: 'chen', route: `worker/checkout/index?id=${onSite.id}`, sees: /^当前位置距/ },
    {
      name: 'worker-checkin-already',
      role: 'chen',
      route: `worker/checkin/index?id=${onSite.id}`,
      sees: '已经签到过了',
    },
    { name: 'worker-steps-on-site', role: 'chen', route: `worker/steps/index?id=${onSite.id}`, sees: '完成服务' },
    { name: 'worker-queue-empty', role: 'li', route: 'worker/queue/index', sees: '所有记录都已送达' },
    {
      name: 'worker-queue',
      role: 'li',
      route: checkin,
      sees: /定位|距服务地点/,
      losesNetwork: true,
      act: (person) => fillQueue(person, stage),
    },
    { name: 'worker-me', role: 'li', route: 'worker/me/index', sees: '退出登录' },
    {
      name: 'worker-password',
      role: 'li',
      route: 'worker/me/index',
      sees: '修改密码',
      act: (person) => person.tapOn('.cell', '修改密码'),
    },
  ]
}

/** A check-in that found no network and waits. */
async function fillQueue(person: Person, stage: Stage): Promise<void> {
  await near(person, stage, 12)
  await person.see('已在签到范围内，可以签到')
  await person.goOffline()
  await person.choosePhoto('现场照片', await person.picture())
  await person.sign()
  await person.see('待网络')
  await person.tap('保存签到（联网后发送）')
  await person.see('签到已保存在手机上')
  await person.open('worker/queue/index')
  await person.see('等待发送')
}

const dispatcherScenes = ({ at, long, onSite }: Stage): Scene[] => [
  { name: 'dispatch', role: 'dispatcher', route: 'worker/dispatch/index', sees: /^共 \d+ 张工单$/ },
  {
    name: 'dispatch-open',
    role: 'dispatcher',
    route: 'worker/dispatch/index',
    sees: /^共 \d+ 张工单$/,
    act: async (person) => {
      await person.tapOn('.tabs__item', '未完成')
      await person.see('李工')
    },
  },
  {
    name: 'dispatch-search-empty',
    role: 'dispatcher',
    route: 'worker/dispatch/index',
    sees: /^共 \d+ 张工单$/,
    act: async (person) => {
      await person.page.locator('.search-box input').fill('离心机')
      await person.see(/^没有找到/)
    },
  },
  { name: 'dispatch-order', role: 'dispatcher', route: `worker/order/index?id=${onSite.id}`, sees: '客户与地点' },
  { name: 'assign', role: 'dispatcher', route: `worker/assign/index?id=${at(0).id}`, sees: '陈工' },
  {
    name: 'assign-long',
    role: 'dispatcher',
    route: `worker/assign/index?id=${long.id}`,
    sees: '陈工',
    act: (person) => person.tapOn('.assign__row', '赵工'),
  },
  { name: 'workers', role: 'dispatcher', route: 'worker/workers/index', sees: '赵工' },
  { name: 'review', role: 'dispatcher', route: 'worker/review/index', sees: '陈工 · 第 1 次到场' },
  {
    name: 'review-sheet',
    role: 'dispatcher',
    route: 'worker/review/index',
    sees: '陈工 · 第 1 次到场',
    act: (person) => person.tapOn('.visit-card', '陈工'),
  },
  { name: 'dispatcher-me', role: 'dispatcher', route: 'worker/me/index', sees: '退出登录' },
]

/** Every page of the app, in the states that matter. */
export const scenesOf = (stage: Stage): Scene[] => [
  ...customerScenes(stage),
  ...workerScenes(stage),
  ...dispatcherScenes(stage),
]
