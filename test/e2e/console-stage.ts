import { DEMO_CUSTOMERS, DEMO_STAFF } from '../../server/demo/people'
import { SANDBOX_ACCOUNT, startExternalSiteSandbox } from '../../server/sandbox/external-site'
import { jobsOf } from '../../server/jobs/jobs'
import { buildSubmission } from '../support/builders'
import type { TestApp } from '../support/test-app'
import { startStage } from './stage'

export const LONG_SYSTEM = '内蒙古自治区检验检测仪器维修保养统一派单与结算平台（二期）'

/** The demo beside partners that have something to show: orders, captchas, accounts, writes that wait or failed. */
export async function startConsoleStage() {
  const site = await startExternalSiteSandbox({ kind: 'classic-cookie', orders: 25 })
  const stage = await startStage({ ngs: true, wxwork: true, captchaDecoder: null })
  const { app } = stage
  const { body } = await app.api.post('/auth/email-login', { email: DEMO_STAFF.admin.email, password: 'password123' })
  const admin = { token: body.data.token as string }
  await fillExternal(app, site, admin)
  const waiting = await fillAccounts(app, admin)
  const unsent = await fillOutbox(app, admin)
  await fillJobs(app)
  return {
    ...stage,
    /** The account whose QR code nobody has scanned. */
    waiting,
    /** A task whose order at ngs nobody knows. */
    unsent,
    /** A captcha asks for a person; one that has run out is asked anew. */
    async askCaptcha() {
      await app.api.post(`/api/v1/admin/external/${encodeURIComponent(LONG_SYSTEM)}/op1/check`, {}, admin)
    },
    async close() {
      await app.close()
      await site.close()
    },
  }
}

export type ConsoleStage = Awaited<ReturnType<typeof startConsoleStage>>
type Admin = { token: string }

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 20_000
  while (performance.now() < deadline) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the stage is not ready in time')
}

/** One system with its orders pulled, and one with a long name that nobody has logged in to. */
async function fillExternal(
  { api }: TestApp,
  site: Awaited<ReturnType<typeof startExternalSiteSandbox>>,
  admin: Admin,
): Promise<void> {
  const base = '/api/v1/admin/external'
  const system = { base_url: site.url, profile: 'classic-cookie', accounts: [SANDBOX_ACCOUNT] }
  const overrides = { list: { pageSize: 10 } }
  await api.post(`${base}/systems`, { ...system, system_name: LONG_SYSTEM }, admin)
  await api.post(`${base}/systems`, { ...system, system_name: 'city', overrides }, admin)
  await api.post(`${base}/city/pull`, {}, admin)
  const id = await until<string>(async () => (await api.get(`${base}/challenges`, admin)).body.data.list[0]?.id)
  await api.post(`${base}/challenges/${id}`, { answer: site.lastAnswer() }, admin)
  await until(async () => {
    const { list } = (await api.get(`${base}/pulls`, admin)).body.data
    return list[0].state === 'done' ? true : undefined
  })
}

/** One account online and one at its QR code. @returns the uuid of the latter */
async function fillAccounts({ api, sandbox }: TestApp, admin: Admin): Promise<string> {
  const { body: online } = await api.post('/api/start-login', {}, admin)
  await api.post('/api/check-code', { uuid: online.uuid, code: sandbox.wxwork.codeOf(online.uuid) }, admin)
  const isOnline = ({ uuid, state }: { uuid: string; state: string }) => uuid === online.uuid && state === 'ONLINE'
  await until(async () => (await api.get('/api/sessions', admin)).body.sessions.find(isOnline))
  await api.post('/api/contacts/all', { uuid: online.uuid }, admin)
  const message = {
    uuid: online.uuid,
    send_userid: 'u1',
    content: '您的设备已修好，请查收报告。',
    isRoom: false,
    kf_id: 0,
  }
  await api.post('/api/send-text', message, admin)
  const { body: waiting } = await api.post('/api/start-login', {}, admin)
  return waiting.uuid
}

/** One write that was sent, one given up and one whose end nobody knows. @returns the task of the last */
async function fillOutbox({ api, context }: TestApp, admin: Admin): Promise<string> {
  const { db } = context.database
  const customer = { token: await api.customer(DEMO_CUSTOMERS[1]!.code) }
  const { name } = DEMO_CUSTOMERS[1]!.profile
  const { list } = (await api.get(`/api/v1/admin/customers?q=${encodeURIComponent(name)}`, admin)).body.data
  await api.patch(`/api/v1/admin/customers/${list[0].id}`, { ngs_customer_guid: 'C-20877-HB' }, admin)
  await context.outboxWorker.run()
  const submit = async (description: string, state: 'DEAD' | 'UNKNOWN', last_error: string) => {
    const { body } = await api.post('/api/v1/tasks', buildSubmission({ description }), customer)
    const { id } = await db
      .selectFrom('task')
      .select('id')
      .where('task_id', '=', body.data.task_id)
      .executeTakeFirstOrThrow()
    await db.updateTable('outbox').set({ state, attempts: 5, last_error }).where('key', '=', id).execute()
    return id
  }
  await submit('自动进样器卡针', 'DEAD', 'ngs 没有受理，原文见外部调用记录')
  return submit('柱温箱报警', 'UNKNOWN', 'ngs 没有确认结果，操作可能已经执行')
}

/** What the jobs of a server that runs have left: most went well, one failed, one runs now, the last is to come. */
async function fillJobs({ context }: TestApp): Promise<void> {
  const jobs = jobsOf(context)
  for (const [index, { name, title, pattern }] of jobs.entries()) {
    await context.jobs.announce({ name, title, schedule: pattern }, new Date(Date.now() + 60_000))
    if (index === jobs.length - 1) continue
    const started_at = new Date(Date.now() - 90_000)
    const until = new Date(Date.now() + 3600_000)
    const state =
      index === 1
        ? { started_at, lease_owner: 'another process', lease_until: until }
        : {
            started_at,
            finished_at: new Date(started_at.getTime() + 1200),
            duration_ms: 1200,
            result: index === 2 ? ('failed' as const) : ('ok' as const),
            detail: index === 2 ? 'ngs 没有应答，30 秒后放弃' : JSON.stringify({ removed: 3 }),
          }
    await context.database.db.updateTable('job_run').set(state).where('name', '=', name).execute()
  }
}
