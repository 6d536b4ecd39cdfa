import type { Desk } from './desk'
import type { Stage } from './stage'

export interface ConsoleScene {
  name: string
  /** Below `/console`. */
  path: string | ((stage: Stage) => string)
  /** A text by which the page is known to be there. */
  sees: string | RegExp
  act?(desk: Desk): Promise<void>
}

/** Every page of the console, as an admin finds it. */
export const CONSOLE_SCENES: ConsoleScene[] = [
  { name: 'overview', path: '/', sees: '今日任务' },
  { name: 'board', path: '/board', sees: '待派单' },
  { name: 'tasks', path: '/tasks', sees: /共 \d+ 条/ },
  { name: 'task', path: ({ onSite }) => `/tasks/${onSite.id}`, sees: '时间线' },
  { name: 'task-long', path: ({ long }) => `/tasks/${long.id}`, sees: '时间线' },
  { name: 'visits', path: '/visits', sees: /共 \d+ 条/ },
  {
    name: 'visit',
    path: '/visits?flagged=true',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page
        .getByRole('button', { name: /次到场$/ })
        .first()
        .click()
      await page.getByText('记录核验').waitFor()
    },
  },
  { name: 'rules', path: '/rules', sees: /共 \d+ 条/ },
  {
    name: 'rule-rehearsed',
    path: '/rules',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page.getByRole('button', { name: /^修改/ }).first().click()
      await page.getByLabel('半径（米）').fill('5')
      await page.getByRole('button', { name: /预演/ }).click()
      await page
        .getByText(/次定位/)
        .first()
        .waitFor()
    },
  },
  { name: 'sessions', path: '/sessions', sees: '企业微信网关' },
  { name: 'outbox', path: '/outbox', sees: /共 \d+ 条|没有符合/ },
  { name: 'drift', path: '/drift', sees: /共 \d+ 条|没有差异/ },
  { name: 'notifications', path: '/notifications', sees: /共 \d+ 条|没有符合/ },
  {
    name: 'dispatch',
    path: '/board',
    sees: '待派单',
    act: async ({ page }) => {
      await page
        .getByRole('button', { name: /^派单 T/ })
        .first()
        .click()
      await page.getByRole('radio').first().waitFor()
    },
  },
  {
    name: 'location',
    path: ({ long }) => `/tasks/${long.id}`,
    sees: '时间线',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '设置服务地点' }).click()
      await page.getByRole('dialog').getByLabel('坐标', { exact: true }).fill('111.713, 40.819')
      await page.getByRole('dialog').getByText('坐标在内蒙古范围内').waitFor()
    },
  },
  {
    name: 'cancel',
    path: ({ long }) => `/tasks/${long.id}`,
    sees: '时间线',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '取消任务' }).click()
      await page.getByRole('dialog').getByLabel('取消原因').waitFor()
    },
  },
  {
    name: 'new-staff',
    path: '/staff',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page.getByRole('button', { name: '新增员工' }).click()
      await page.getByRole('dialog').getByLabel('姓名').waitFor()
    },
  },
  { name: 'customers', path: '/customers', sees: /共 \d+ 条/ },
  { name: 'evaluations', path: '/evaluations', sees: /共 \d+ 条/ },
  { name: 'staff', path: '/staff', sees: /共 \d+ 条/ },
  { name: 'audit', path: '/audit', sees: '操作记录' },
  { name: 'jobs', path: '/jobs', sees: '定时任务' },
]

/** Opens a page and waits until it stands still. */
export async function openScene(desk: Desk, stage: Stage, { path, sees, act }: ConsoleScene): Promise<void> {
  const { page } = desk
  await page.goto(`${stage.app.url}/console${typeof path === 'string' ? path : path(stage)}`)
  await page.getByText(sees).filter({ visible: true }).first().waitFor()
  await act?.(desk)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  await page.waitForTimeout(400) // antd's transitions
}
