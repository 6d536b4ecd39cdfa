import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { readEnv } from '../config/env'
import { loadSecrets } from '../config/secrets'
import { type Context, createContext } from '../context'
import { isUniqueViolation } from '../db/db-error'
import { WITHOUT_KEY } from '../features/idempotency/service'
import { RADIUS_KEY } from '../features/sla/rules'
import { hashPassword } from '../features/staff/password'
import { createStaffRepository } from '../features/staff/repository'
import type { CustomerPrincipal, StaffPrincipal } from '../http/authenticate'
import { newId } from '../ids'
import { DEFAULT_ORG_ID } from '../organisation'
import { SANDBOX_APP_ID, SANDBOX_SECRET, startWechatSandbox } from '../sandbox/wechat'
import { DEMO_CUSTOMERS, DEMO_PASSWORD, DEMO_STAFF, type StaffKey } from './people'
import { createPictures } from './pictures'
import { playStories } from './play'
import { STORIES } from './stories'

const HOUR_MS = 3600 * 1000
const OLDEST_HOURS = 24 * 30

/**
 * Fills an empty database with a believable demo; does nothing where there is staff already.
 * Calls no partner and owes none anything: the services it uses know only a WeChat of their own.
 */
export async function seedDemo(context: Context): Promise<void> {
  if (context.config.production) throw new Error('the demo is never seeded in production')
  const start = context.now().getTime()
  const staff = await insertStaff(context, new Date(start - OLDEST_HOURS * HOUR_MS))
  if (!staff) return
  const clock = { time: start - OLDEST_HOURS * HOUR_MS }
  const dir = path.join(context.config.dataDir, 'incoming', `demo-${randomUUID()}`)
  await fs.mkdir(dir, { recursive: true })
  await inThePast(context, clock, async (past) => {
    await setRadius(past, staff.admin)
    const customers = await enrolCustomers(past)
    await playStories({ past, clock, dir, staff, customers, draw: createPictures() }, STORIES, start)
  }).finally(() => fs.rm(dir, { recursive: true }))
  context.log.info({ tasks: STORIES.length }, 'demo seeded')
}

/** The one radius rule a demo has. */
async function setRadius({ sla }: Context, admin: StaffPrincipal): Promise<void> {
  const rule = { config_key: RADIUS_KEY, config_value: '50', scope_type: 'GLOBAL', scope_id: null } as const
  await sla.set(admin, { ...rule, is_active: true }, WITHOUT_KEY)
}

/** Services on the same database and keys, with a clock that we set and a sandbox WeChat nobody else sees. */
async function inThePast(
  { config, log, createRateLimit }: Context,
  clock: { time: number },
  work: (past: Context) => Promise<void>,
): Promise<void> {
  const wechat = { appId: SANDBOX_APP_ID, secret: SANDBOX_SECRET, baseUrl: '', contentCheck: false, templates: {} }
  const wxwork = { ...config.wxwork, enabled: false }
  const sandbox = await startWechatSandbox()
  const past = await createContext({ ...config, wechat, wxwork, ngs: null }, loadSecrets(readEnv(), config), {
    now: () => new Date(clock.time),
    wechatBaseUrl: sandbox.url,
    recordCalls: false,
    log,
    createRateLimit,
  })
  try {
    await work(past)
  } finally {
    await past.close()
    await sandbox.close()
  }
}

/** The demo's accounts; null where there is staff already or another server is just writing them. */
async function insertStaff({ database }: Context, time: Date): Promise<Record<StaffKey, StaffPrincipal> | null> {
  const repository = createStaffRepository(database)
  if (!(await repository.isEmpty())) return null
  const rows = await Promise.all(
    Object.values(DEMO_STAFF).map(async (person) => ({
      ...person,
      id: newId(),
      password_hash: await hashPassword(DEMO_PASSWORD),
      org_id: DEFAULT_ORG_ID,
      team_id: null,
      is_active: true,
      tokens_valid_after: null,
      created_at: time,
      updated_at: time,
    })),
  )
  try {
    await database.transaction(async (trx) => {
      for (const row of rows) await repository.insert(row, trx)
    })
  } catch (error) {
    if (isUniqueViolation(error)) return null
    throw error
  }
  const principals = rows.map(({ id, full_name: name, role, email, org_id: orgId }): StaffPrincipal => {
    return { typ: 'staff', id, name, role, email, orgId, teamId: null }
  })
  return Object.fromEntries(Object.keys(DEMO_STAFF).map((key, i) => [key, principals[i]])) as Record<
    StaffKey,
    StaffPrincipal
  >
}

/** Customers log in as anybody does and fill in their profile. */
async function enrolCustomers({ customers, tokens }: Context): Promise<CustomerPrincipal[]> {
  const enrolled: CustomerPrincipal[] = []
  for (const { code, profile } of DEMO_CUSTOMERS) {
    const { token } = await customers.login(code)
    const who = await customers.findPrincipal(tokens.verify(token))
    if (!who) throw new Error(`the demo customer ${code} could not log in`)
    await customers.updateProfile(who, { ...profile, email: profile.email ?? null })
    enrolled.push({ ...who, name: profile.contact })
  }
  return enrolled
}
