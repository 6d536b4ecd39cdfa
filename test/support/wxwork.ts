import type { WxworkAccount } from '../../types/api/wxwork'
import type { WxworkControl } from '../../server/sandbox/wxwork'
import { addStaff, NO_LIMITS } from './field-work'
import { startTestApp, type TestAppOptions } from './test-app'
import { until as waitUntil } from './until'

export const INTERVAL_MS = 45_000
const PATIENCE_MS = 20_000
/** A check that is due at once has a time that is long past. */
const ASKED_BEFORE = '2001'

/** An app with the sandbox gateway and an admin who uses the console. */
export async function startWxworkApp(options: TestAppOptions = {}) {
  const app = await startTestApp({ wxwork: true, ...NO_LIMITS, ...options })
  const adminId = await addStaff(app, 'admin@example.com', 'ADMIN')
  const token = await app.api.staff('admin@example.com')
  const post = (path: string, json: object = {}) => app.api.post(`/api${path}`, json, { token })
  const get = (path: string) => app.api.get(`/api${path}`, { token })
  const { sandbox, clock } = app

  /** Waits for what goes on by itself; real time, as the gateway's calls are real. */
  const until = (condition: () => Promise<boolean> | boolean, what = 'what the gateway was asked for') =>
    waitUntil(condition, what, PATIENCE_MS)
  const session = async () => (await get('/sessions')).body.sessions[0]
  return {
    ...app,
    /** Another one after a crash. */
    get context() {
      return app.context
    },
    adminId,
    token,
    post,
    get,
    until,
    session,
    gateway: sandbox.wxwork,
    /** First login through the demo's routes. @returns the uuid */
    async logIn(): Promise<string> {
      const { body } = await post('/init')
      await post('/set-callback')
      await post('/get-qrcode')
      await post('/check-code', { code: sandbox.wxwork.codeOf(body.uuid) })
      await until(async () => (await session()).state === 'ONLINE')
      return body.uuid
    },
    /** One interval later, with the check that belongs to it and those that notices ask for meanwhile. */
    async tick(): Promise<void> {
      clock.advance(INTERVAL_MS)
      const isAsked = async () =>
        (await get('/sessions')).body.sessions.some(
          ({ monitored, nextCheckAt }: WxworkAccount) => monitored && nextCheckAt! < ASKED_BEFORE,
        )
      await app.context.wxworkMonitor.pass()
      await until(async () => {
        await app.context.wxworkCallbacks.process()
        await until(() => !app.context.wxworkMonitor.isChecking())
        if (!(await isAsked())) return true
        await app.context.wxworkMonitor.pass()
        return false
      })
    },
    /** Does this to an account at the gateway, and waits until it is known to be offline. */
    async fall(control: WxworkControl): Promise<void> {
      sandbox.wxwork.control(control)
      await until(async () =>
        (await get('/sessions')).body.sessions.some((one: { state: string }) => one.state === 'OFFLINE'),
      )
      await until(() => !app.context.wxworkMonitor.isChecking())
    },
    calls: (action: string) => sandbox.wxwork.requests().filter(({ path }) => path === `/wxwork/${action}`).length,
  }
}

export type WxworkApp = Awaited<ReturnType<typeof startWxworkApp>>
