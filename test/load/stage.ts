import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseConfig } from '../../server/config/config'
import { loadSecrets } from '../../server/config/secrets'
import { createContext } from '../../server/context'
import { migrate } from '../../server/db/migrate'
import { createTokens } from '../../server/http/tokens'
import { newId } from '../../server/ids'
import { DEFAULT_ORG_ID } from '../../server/organisation'
import { startExternalSiteSandbox } from '../../server/sandbox/external-site'
import { startNgsSandbox } from '../../server/sandbox/ngs'
import { SANDBOX_APP_ID, SANDBOX_SECRET, startWechatSandbox } from '../../server/sandbox/wechat'
import { startWxworkSandbox } from '../../server/sandbox/wxwork'
import { createApiClient } from '../support/api-client'
import { type EngineName, freshDatabase, tempDir } from '../support/engines'
import { type InvariantOptions, emptyLedger, expectInvariants } from '../support/invariants'
import { type RedisServer, startRedis } from '../support/redis'
import { type Confinement, type ServerProcess, startServer } from '../support/server-process'
import { createTally } from './tally'

const NGS_TOKEN = 'ngs-token-of-the-load-test'
const CUSTOMERS = 12
const WORKERS = 12
const ROLES = { worker: 'HOMECARE_WORKER', dispatcher: 'HOMECARE_DISPATCHER', admin: 'ADMIN' } as const

/** Partners played in this process, so that their doors can be asked; the server reaches them over real HTTP. */
async function startPartners() {
  const partners = {
    wechat: await startWechatSandbox({ appId: SANDBOX_APP_ID, secret: SANDBOX_SECRET }),
    ngs: await startNgsSandbox({ token: NGS_TOKEN }),
    wxwork: await startWxworkSandbox(),
    site: await startExternalSiteSandbox({ kind: 'classic-cookie', orders: 30 }),
  }
  const decoder = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ text: partners.site.lastAnswer(), margin: 9 }))
  })
  await new Promise<void>((resolve) => decoder.listen(0, '127.0.0.1', resolve))
  return { ...partners, decoder }
}
type Partners = Awaited<ReturnType<typeof startPartners>>

const addressOf = (server: HttpServer) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** How the server reaches its partners. */
const environment = ({ wechat, ngs, wxwork, decoder }: Partners): Record<string, string> => ({
  WECHAT_APPID: wechat.appId,
  WECHAT_SECRET: wechat.secret,
  WECHAT_API_BASE_URL: wechat.url,
  WECHAT_CONTENT_CHECK: 'on',
  NGS_BASE_URL: ngs.url,
  NGS_TOKEN,
  NGS_CUSTOMER_GUID: 'C1',
  NGS_MAP_IDS: '{"repair":"M1"}',
  WXWORK_BASE_URL: wxwork.url,
  MONITOR_INTERVAL_MS: '1000',
  CAPTCHA_DECODER_URL: addressOf(decoder),
})

/** People in an empty database, each with a token: logging all of them in would take longer than the test. */
async function addPeople(env: Record<string, string>) {
  const config = parseConfig(env)
  const secrets = loadSecrets({}, config)
  const { database, close } = await createContext(config, secrets)
  await migrate(database)
  const time = new Date()
  const { issue } = createTokens(secrets.jwtSecret, () => time)
  const staff = async (name: string, role: keyof typeof ROLES) => {
    const id = newId()
    const row = { id, email: `${name}@example.com`, role: ROLES[role], full_name: name, org_id: DEFAULT_ORG_ID }
    const rest = { phone: null, team_id: null, wxwork_user_id: null, is_active: true, tokens_valid_after: null }
    await database.db
      .insertInto('staff')
      .values({ ...row, ...rest, password_hash: '', created_at: time, updated_at: time })
      .execute()
    return { id, token: issue('staff', id) }
  }
  for (let id = 1; id <= CUSTOMERS; id++)
    await database.db
      .insertInto('customer')
      .values({ name: `客户${id}`, wechat_openid: `load-${id}`, create_time: time, update_time: time })
      .execute()
  const customers = await database.db.selectFrom('customer').select('id').execute()
  const people = {
    customers: customers.map(({ id }) => ({ token: issue('customer', String(id)) })),
    workers: await Promise.all(Array.from({ length: WORKERS }, (_, index) => staff(`worker${index}`, 'worker'))),
    dispatcher: await staff('dispatcher', 'dispatcher'),
    admin: await staff('admin', 'admin'),
  }
  await close()
  return { ...people, callbackPath: `/callback/wxwork/${secrets.callbackSecret}` }
}

export interface StageOptions {
  engine?: EngineName
  dataDir?: string
  env?: Record<string, string>
  confinement?: Confinement
  /** With a Redis of its own. */
  withRedis?: boolean
  /** Servers on the same database, files and Redis; one. */
  replicas?: number
}

/** Servers side by side, of which the newest is killed and started again. */
async function startServers(start: () => Promise<ServerProcess>, count: number) {
  const all: ServerProcess[] = []
  while (all.length < count) all.push(await start())
  let turn = 0
  const newest = () => all.at(-1)!
  return {
    all,
    newest,
    next: () => all[turn++ % all.length]!,
    async kill(): Promise<void> {
      newest().child.kill('SIGKILL')
      await newest().ended
    },
    async restart(): Promise<void> {
      all.splice(-1, 1, await start())
    },
  }
}

/** Real server processes with people, partners and the book of what it acknowledged. */
export async function startStage(options: StageOptions = {}) {
  const { engine = 'sqlite', dataDir = tempDir(), env: more = {}, confinement, withRedis, replicas = 1 } = options
  const { url } = await freshDatabase(engine, dataDir)
  const partners = await startPartners()
  const redis: RedisServer | null = withRedis ? await startRedis() : null
  const shared: Record<string, string> = {
    ...(url ? { DATABASE_URL: url } : {}),
    ...(redis ? { REDIS_URL: redis.url } : {}),
  }
  const env = { DATA_DIR: dataDir, ...environment(partners), ...shared, ...more }
  fs.mkdirSync(dataDir, { recursive: true })
  const people = await addPeople(env)
  if (confinement?.uid) giveTo(dataDir, confinement.uid)
  const servers = await startServers(() => startServer(env, confinement), replicas)
  const ledger = emptyLedger()

  const stage = {
    dataDir,
    partners,
    redis,
    people,
    ledger,
    tally: createTally(),
    /** Tells the runs of one process apart. */
    run: randomUUID().slice(0, 8),
    /** The one that is killed and started again. */
    get server() {
      return servers.newest()
    },
    /** Of every replica in turn. */
    get api() {
      return createApiClient(servers.next().url)
    },
    /** Ends the server without warning. */
    kill: servers.kill,
    restart: servers.restart,
    /** Stops every server, checks everything that must hold, and prints what was done. */
    async finish(title: string, options: InvariantOptions = {}): Promise<void> {
      for (const server of servers.all) expect(await server.stop()).toMatchObject({ code: 0 })
      const { ngs, wxwork } = partners
      const kept = await expectInvariants(env, ledger, { ngs, wxwork, ...options })
      stage.tally.print(title, kept)
    },
    async close(): Promise<void> {
      for (const server of servers.all) server.child.kill('SIGKILL')
      const { decoder, ...sandboxes } = partners
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()))
      decoder.closeAllConnections()
      decoder.close()
      await redis?.stop()
      fs.rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return stage
}

export type Stage = Awaited<ReturnType<typeof startStage>>

function giveTo(dir: string, uid: number): void {
  fs.chownSync(dir, uid, uid)
  for (const entry of fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }))
    fs.chownSync(`${dir}/${entry}`, uid, uid)
}
