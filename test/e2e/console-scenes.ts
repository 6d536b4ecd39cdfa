import { buildPdf, buildPng } from '../support/builders'
import { type ConsoleStage, LONG_SYSTEM } from './console-stage'
import type { Desk } from './desk'

export interface ConsoleScene {
  name: string
  /** Below `/console`. */
  path: string | ((stage: ConsoleStage) => string)
  /** A text by which the page is known to be there. */
  sees: string | RegExp
  act?(desk: Desk): Promise<void>
  /** Before the page is opened. */
  prepare?(stage: ConsoleStage): Promise<void>
}

/** Opens the first row of the list. */
const expand = async ({ page }: Desk) => {
  await page.getByRole('button', { name: '展开行' }).first().click()
  await page.locator('.ant-table-expanded-row').first().waitFor()
}
const openTab =
  (name: string, sees: string | RegExp) =>
  async ({ page }: Desk) => {
    await page.getByRole('tab', { name }).click()
    await page.getByText(sees).filter({ visible: true }).first().waitFor()
  }

/** Every page of the console, as an admin finds it. */
export const CONSOLE_SCENES: ConsoleScene[] = [
  { name: 'overview', path: '/', sees: '今日任务' },
  { name: 'board', path: '/board', sees: '待派单' },
  { name: 'tasks', path: '/tasks', sees: /共 \d+ 条/ },
  { name: 'tasks-narrowed', path: `/tasks?status=open&q=%E4%BB%AA&by=created&from=2026-01-01`, sees: /共 \d+ 条/ },
  {
    name: 'tasks-none',
    path: '/tasks?status=open&type=installation&step=7&attention=undispatched&origin=external&by=cancelled&from=2026-01-01&to=2026-01-31',
    sees: '没有符合条件的任务',
  },
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
  { name: 'rules-none', path: '/rules?scope_type=WORK_ORDER&active=false&q=T1', sees: '没有符合条件的记录' },
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
  { name: 'outbox-open', path: '/outbox', sees: /共 \d+ 条/, act: expand },
  {
    name: 'outbox-resolve',
    path: '/outbox?state=UNKNOWN',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page.getByRole('button', { name: '人工处理' }).first().click()
      await page.getByRole('dialog').getByLabel('处理说明').waitFor()
    },
  },
  { name: 'notifications-open', path: '/notifications', sees: /共 \d+ 条/, act: expand },
  { name: 'wxwork', path: '/wxwork', sees: '自动监控' },
  {
    name: 'wxwork-qr',
    path: ({ waiting }) => `/wxwork?uuid=${waiting}`,
    sees: '用企业微信手机端扫码',
  },
  { name: 'wxwork-queue', path: '/wxwork', sees: '自动监控', act: openTab('发送队列', '您的设备已修好') },
  { name: 'wxwork-test', path: '/wxwork', sees: '自动监控', act: openTab('测试消息', '发送测试消息') },
  { name: 'wxwork-contacts', path: '/wxwork', sees: '自动监控', act: openTab('通讯录', /^同事 \d/) },
  {
    name: 'wxwork-new',
    path: '/wxwork',
    sees: '自动监控',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '添加账号' }).click()
      await page.getByRole('dialog').getByText('代理设置（选填）').click()
      await page.getByRole('dialog').getByLabel('代理地址').waitFor()
    },
  },
  { name: 'external', path: '/external', sees: /共 \d+ 条/ },
  { name: 'external-system', path: '/external/systems/city', sees: '覆盖配置（JSON）' },
  {
    name: 'external-new',
    path: '/external/systems',
    sees: '覆盖配置（JSON）',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '添加接口' }).click()
      await page.getByRole('button', { name: '保存' }).click()
      await page.getByText('请输入登录账号').waitFor()
    },
  },
  {
    name: 'external-dry-run',
    path: '/external/systems/city',
    sees: '覆盖配置（JSON）',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '试运行' }).click()
      await page.getByText(/^试运行(通过|没有通过)/).waitFor()
    },
  },
  { name: 'challenges', path: '/external/challenges', sees: '图中的字符', prepare: (stage) => stage.askCaptcha() },
  { name: 'external-orders', path: '/external/orders', sees: /共 \d+ 条/ },
  {
    name: 'external-import',
    path: '/external/orders',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page.getByRole('button', { name: /^导入/ }).first().click()
      await page.getByRole('dialog').getByLabel('任务类型').waitFor()
    },
  },
  {
    name: 'external-orders-of-long',
    path: `/external/orders?system=${encodeURIComponent(LONG_SYSTEM)}`,
    sees: '没有符合条件的外部工单',
  },
  { name: 'external-pulls', path: '/external/pulls', sees: /共 \d+ 条/ },
  { name: 'external-logs', path: '/external/logs', sees: /共 \d+ 条/ },
  {
    name: 'external-log-replayed',
    path: '/external/logs?q=workorder',
    sees: /共 \d+ 条/,
    act: async (desk) => {
      await expand(desk)
      await desk.page.getByRole('button', { name: /重放/ }).click()
      await desk.page
        .getByText(/^现在的应答|登录/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'customer',
    path: '/customers',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page.getByRole('button', { name: /^编号/ }).first().click()
      await page.getByRole('dialog').getByLabel('ngs 客户编号').waitFor()
    },
  },
  {
    name: 'staff-number',
    path: '/staff',
    sees: /共 \d+ 条/,
    act: async ({ page }) => {
      await page
        .getByRole('button', { name: /^企业微信号/ })
        .first()
        .click()
      await page.getByRole('dialog').getByLabel('企业微信号').waitFor()
    },
  },
  {
    name: 'ngs-order',
    path: ({ unsent }) => `/tasks/${unsent}`,
    sees: '时间线',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '录入 ngs 编号' }).click()
      await page.getByRole('dialog').getByLabel('工单 oId').waitFor()
    },
  },
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
    name: 'step-files',
    path: ({ onSite }) => `/tasks/${onSite.id}`,
    sees: '时间线',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '填写步骤' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('说明').fill('更换密封圈，附照片和报告')
      await dialog.locator('input[type=file]').setInputFiles([
        { name: '铭牌.png', mimeType: 'image/png', buffer: await buildPng() },
        {
          name: `${LONG_SYSTEM}年度检测与维修保养报告（第三版，含附件）.pdf`,
          mimeType: 'application/pdf',
          buffer: buildPdf(),
        },
        { name: '驱动.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ') },
      ])
      await dialog.getByText(/^“驱动\.pdf”类型不符/).waitFor()
      await dialog.locator('.ant-upload-list-item-done').nth(1).waitFor()
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
  { name: 'jobs', path: '/jobs', sees: '发送欠合作系统的写入' },
]

/** Opens a page and waits until it stands still. */
export async function openScene(
  desk: Desk,
  stage: ConsoleStage,
  { path, sees, act, prepare }: ConsoleScene,
): Promise<void> {
  const { page } = desk
  await prepare?.(stage)
  await page.goto(`${stage.app.url}/console${typeof path === 'string' ? path : path(stage)}`)
  await page.getByText(sees).filter({ visible: true }).first().waitFor()
  await act?.(desk)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  await page.waitForTimeout(400) // antd's transitions
}
