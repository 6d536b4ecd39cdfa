import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type ExternalSiteSandbox, startExternalSiteSandbox } from '../../../server/sandbox/external-site'
import { ENGINES } from '../../support/engines'
import { buildSystem } from '../../support/external-site'
import { onServerData, useServerData } from '../../support/server-data'
import { removeTemplate, startServer } from '../../support/server-process'
import { until } from '../../support/until'

const ORDERS = 1_000
const KILLS = 3
const BASE = '/api/v1/admin/external'

type Server = Awaited<ReturnType<typeof startServer>>

/** Reads captchas for the server as a decoding service would; it asks the sandbox. */
async function startDecoder(site: () => ExternalSiteSandbox): Promise<HttpServer> {
  const decoder = createServer((incoming, outgoing) => {
    incoming.resume()
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify({ text: site().lastAnswer() }))
  })
  await new Promise<void>((resolve) => decoder.listen(0, '127.0.0.1', resolve))
  return decoder
}

describe.each(ENGINES)('kill −9 during a pull of 1,000 orders (%s)', (engine) => {
  const data = useServerData(engine)
  let site: ExternalSiteSandbox
  let decoder: HttpServer
  beforeEach(async () => {
    site = await startExternalSiteSandbox({ kind: 'classic-cookie', orders: ORDERS })
    site.control({ pageCap: 50, latencyMs: 3 })
    decoder = await startDecoder(() => site)
    data.env.CAPTCHA_DECODER_URL = `http://127.0.0.1:${(decoder.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await site.close()
    decoder.close()
  })
  afterAll(removeTemplate)

  const asAdmin = async (server: Server) => {
    const admin = { token: await server.api.staff('admin@example.com') }
    return {
      post: async (path: string, body: object = {}) => (await server.api.post(BASE + path, body, admin)).body.data,
      get: async (path: string) => (await server.api.get(BASE + path, admin)).body.data,
    }
  }

  const orders = async () => {
    const found: object[] = []
    await onServerData(data.env, async ({ database: { db } }) => {
      const rows = await db
        .selectFrom('external_work_order')
        .selectAll()
        .where('system_name', '=', 'city')
        .orderBy('external_no')
        .execute()
      found.push(...rows)
    })
    return found as { external_no: string; detail_state: string; last_run_id: string }[]
  }

  /** How far the pull was that the last kill broke off. */
  const cutAt = () =>
    onServerData(data.env, async ({ database: { db } }) => {
      const { state, seen } = await db.selectFrom('external_pull_run').selectAll().executeTakeFirstOrThrow()
      return { state, isInTheMiddle: seen > 0 && seen < ORDERS }
    })

  test('started again it ends complete and without a duplicate; a second pull writes nothing', async () => {
    const first = await startServer(data.env)
    const { post } = await asAdmin(first)
    await post('/systems', buildSystem(site, 'classic-cookie'))
    const { run_id: run } = await post('/city/pull')

    let server = first
    for (let kill = 1; kill <= KILLS; kill++) {
      const { get } = await asAdmin(server)
      const target = 50 + Math.floor(Math.random() * (ORDERS - 300))
      await until(async () => {
        const { state, seen } = await get(`/pulls/${run}`)
        expect(state).not.toBe('done')
        return state === 'running' && seen >= target
      }, `order ${target}`)
      await wait(Math.random() * 40)
      server.child.kill('SIGKILL')
      expect(await server.ended).toMatchObject({ signal: 'SIGKILL' })
      expect(await cutAt()).toMatchObject({ state: 'running', isInTheMiddle: true })
      server = await startServer(data.env)
    }

    const { get } = await asAdmin(server)
    await until(async () => (await get(`/pulls/${run}`)).state !== 'running', 'the end of the pull')
    expect(await get(`/pulls/${run}`)).toMatchObject({
      state: 'done',
      seen: ORDERS,
      created: ORDERS,
      updated: 0,
      unchanged: 0,
      total: ORDERS,
    })
    expect(await server.stop()).toMatchObject({ code: 0 })
    const pulled = await orders()
    expect(new Set(pulled.map(({ external_no }) => external_no)).size).toBe(ORDERS)
    expect(pulled.filter(({ detail_state }) => detail_state !== 'fetched')).toEqual([])
    expect(pulled).toHaveLength(ORDERS)

    const last = await startServer(data.env)
    const { post: pullAgain, get: look } = await asAdmin(last)
    const { run_id: second } = await pullAgain('/city/pull')
    await until(async () => (await look(`/pulls/${second}`)).state === 'done', 'the end of the second pull')
    expect(await look(`/pulls/${second}`)).toMatchObject({ seen: ORDERS, created: 0, updated: 0, unchanged: ORDERS })
    expect(await last.stop()).toMatchObject({ code: 0 })
    expect(await orders()).toEqual(pulled)
  }, 240_000)
})
