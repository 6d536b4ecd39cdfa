import type { CaptchaDecoder } from '../../server/connectors/captcha'
import {
  type ExternalSiteOptions,
  type ExternalSiteSandbox,
  SANDBOX_ACCOUNT,
  startExternalSiteSandbox,
} from '../../server/sandbox/external-site'
import { addStaff, NO_LIMITS } from './field-work'
import { startTestApp, type TestApp, type TestAppOptions } from './test-app'
import { until } from './until'

/** Reads what the sandbox's last captchas say, as the sandbox hands it out to tests: no model is loaded. */
export function createSpyDecoder(site: () => ExternalSiteSandbox): CaptchaDecoder {
  return {
    name: 'local',
    read: async () => {
      const answer = site().lastAnswer()
      return { answer, text: answer, margin: 9 }
    },
    close: async () => {},
  }
}

/** An app beside one external site, an admin logged in, and the site known as `city`. */
export async function startExternalSite({
  site: siteOptions = { kind: 'classic-cookie' },
  system = {},
  decoder,
  ...options
}: { site?: ExternalSiteOptions; system?: object; decoder?: CaptchaDecoder | null } & TestAppOptions = {}) {
  const site = await startExternalSiteSandbox({ orders: 20, ...siteOptions })
  const captchaDecoder = decoder === undefined ? createSpyDecoder(() => site) : decoder
  const app = await startTestApp({ ...NO_LIMITS, captchaDecoder, ...options })
  await addStaff(app, 'admin@example.com', 'ADMIN')
  const admin = { token: await app.api.staff('admin@example.com') }
  const created = await app.api.post(
    '/api/v1/admin/external/systems',
    buildSystem(site, siteOptions.kind, system),
    admin,
  )
  if (created.status !== 200) throw new Error(JSON.stringify(created.body))
  const base = '/api/v1/admin/external'
  return {
    app,
    site,
    admin,
    session: () => app.api.post(`${base}/city/op1/session`, {}, admin),
    check: () => app.api.post(`${base}/city/op1/check`, {}, admin),
    change: (changes: object) => app.api.put(`${base}/systems/city`, changes, admin),
    challenges: async () => (await app.api.get(`${base}/challenges`, admin)).body.data.list,
    answer: (id: string, answer: string) => app.api.post(`${base}/challenges/${id}`, { answer }, admin),
    sessions: async () => (await app.api.get(`${base}/sessions`, admin)).body.data.list,
    pull: async (): Promise<string> => (await app.api.post(`${base}/city/pull`, {}, admin)).body.data.run_id,
    run: async (id: string) => (await app.api.get(`${base}/pulls/${id}`, admin)).body.data,
    async close() {
      await app.close()
      await site.close()
    },
  }
}

export type ExternalSiteApp = Awaited<ReturnType<typeof startExternalSite>>

export const buildSystem = (site: { url: string }, profile: string, changes: object = {}) => ({
  system_name: 'city',
  base_url: site.url,
  profile,
  accounts: [SANDBOX_ACCOUNT],
  ...changes,
})

/** Waits until a pull is over. */
export async function finished(external: Pick<ExternalSiteApp, 'run'>, id: string) {
  const over = async () => {
    const run = await external.run(id)
    return run.state === 'done' || run.state === 'failed' ? run : null
  }
  return (await until(over, 'the end of the pull', 100_000))!
}

/** Every row of every table as text. */
export async function dump({ context }: TestApp): Promise<string> {
  const tables = await context.database.db.introspection.getTables()
  const rows = await Promise.all(
    tables.map(({ name }) =>
      context.database.db
        .selectFrom(name as 'task')
        .selectAll()
        .execute(),
    ),
  )
  return JSON.stringify(rows)
}
