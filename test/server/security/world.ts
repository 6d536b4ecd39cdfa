import { randomBytes } from 'node:crypto'
import { startExternalSiteSandbox } from '../../../server/sandbox/external-site'
import { buildFile, buildForm } from '../../support/builders'
import { buildSystem, createSpyDecoder, finished } from '../../support/external-site'
import { addCrew, addOrder, buildPhoto, NO_LIMITS } from '../../support/field-work'
import { startTestApp } from '../../support/test-app'

/** A server with all its partners, and people, orders and sites on which every route has something to do. */
export async function startWorld(env: Record<string, string> = {}) {
  const cloudSecret = env.CLOUD_SHARED_SECRET ?? randomBytes(32).toString('base64')
  const site = await startExternalSiteSandbox({ kind: 'classic-cookie', orders: 5 })
  const app = await startTestApp({
    ...NO_LIMITS,
    ngs: true,
    wxwork: true,
    captchaDecoder: createSpyDecoder(() => site),
    env: { ...env, CLOUD_SHARED_SECRET: cloudSecret },
  })
  const crew = await addCrew(app)
  const base = '/api/v1/admin/external'
  const admin = (method: 'GET' | 'POST', path: string, json?: unknown) =>
    app.api.send(method, path, { ...crew.admin, json })
  const system = async (changes: object = {}) => {
    const { body } = await admin('POST', `${base}/systems`, buildSystem(site, 'classic-cookie', changes))
    return body.data.system_name as string
  }
  let number = 0
  const fresh = () => `n${++number}`
  await system()
  await admin('POST', '/api/init', {})
  await admin('POST', '/api/set-callback', {})
  await admin('POST', '/api/get-qrcode', {})
  const { body: pull } = await admin('POST', `${base}/city/pull`)
  const run = async (id: string) => (await admin('GET', `${base}/pulls/${id}`)).body.data
  await finished({ run }, pull.data.run_id)

  const { body: login } = await admin('POST', `${base}/city/op1/session`, {})
  const siteCookies = Array.from(JSON.stringify(login.data.cookie).matchAll(/"([^"]{16,})"/g), ([, value]) => value!)
  if (siteCookies.length === 0) throw new Error('the site has given no cookie')

  const upload = async (who: { token: string }, purpose = 'attachment'): Promise<string> => {
    const form = buildForm({ purpose }, [['file', buildFile(await buildPhoto(), 'a.png', 'image/png')]])
    return (await app.api.upload('/api/v1/files', form, who)).body.data.file_id
  }
  const taskAt = async (current_step: number): Promise<string> => {
    const id = await addOrder(app, crew)
    const changes = { current_step, status: current_step === 7 ? ('closed' as const) : ('open' as const) }
    await app.context.database.db.updateTable('task').set(changes).where('id', '=', id).execute()
    return id
  }
  const close = async () => {
    await app.close()
    await site.close()
  }
  return {
    close,
    siteCookies,
    app,
    crew,
    site,
    cloudSecret,
    base,
    admin,
    system,
    fresh,
    upload,
    taskAt,
    runId: pull.data.run_id as string,
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>
