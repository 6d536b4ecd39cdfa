import type { TaskType } from '@shared/task-types'

const withId = (path: string) => (id: string) => `${path}?id=${encodeURIComponent(id)}`

/** Every address of the app. The three tabs are reached with `Taro.switchTab`, all others with `navigateTo`. */
export const ROUTES = {
  home: '/pages/home/index',
  tasks: '/pages/tasks/index',
  profile: '/pages/profile/index',
  submit: (type: TaskType) => `/pages/submit/index?type=${type}`,
  submitted: withId('/pages/submitted/index'),
  task: withId('/pages/task/index'),
  evaluate: withId('/pages/evaluate/index'),
  notices: '/pages/notices/index',
  privacy: '/pages/privacy/index',
  staffLogin: '/worker/login/index',
  orders: '/worker/orders/index',
  order: withId('/worker/order/index'),
  checkin: withId('/worker/checkin/index'),
  steps: withId('/worker/steps/index'),
  checkout: withId('/worker/checkout/index'),
  queue: '/worker/queue/index',
  me: '/worker/me/index',
  dispatch: '/worker/dispatch/index',
  workers: '/worker/workers/index',
  assign: withId('/worker/assign/index'),
  review: '/worker/review/index',
} as const
