import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OfflineTicket } from '../../types/api/homecare'
import type { StaffRole } from '../../types/api/staff'
import { createApp } from '../../server/app'
import { createContext } from '../../server/context'
import type { Schema } from '../../server/db/schema'
import { hashPassword } from '../../server/features/staff/password'
import { eventHash, GENESIS } from '../../server/features/work-order-events/chain'
import type { CreateRateLimit } from '../../server/http/limits'
import { newId } from '../../server/ids'
import { DEFAULT_ORG_ID } from '../../server/organisation'
import { type ApiAnswer, createApiClient } from './api-client'
import { buildFile, buildPng, buildSubmission } from './builders'
import type { TestApp } from './test-app'

/** Where the test orders' service takes place, GCJ02. */
export const SITE = { latitude: 39.9042, longitude: 116.4074 }

const METERS_PER_DEGREE = (6_371_000 * Math.PI) / 180
/** A position this many metres north of the site. */
export const northOfSite = (meters: number) => ({ ...SITE, latitude: SITE.latitude + meters / METERS_PER_DEGREE })

/** For suites that are not about limits. */
export const NO_LIMITS: { createRateLimit: CreateRateLimit } = { createRateLimit: () => ({ consume: async () => {} }) }

let passwordHash: Promise<string> | undefined

/** Puts one employee into the database; the password is `password123`. */
export async function addStaff(app: TestApp, email: string, role: StaffRole, changes: object = {}): Promise<string> {
  passwordHash ??= hashPassword('password123')
  const id = newId()
  const time = app.clock.now()
  await app.context.database.db
    .insertInto('staff')
    .values({
      id,
      email,
      password_hash: await passwordHash,
      role,
      full_name: email.split('@')[0]!,
      phone: '13900139000',
      org_id: DEFAULT_ORG_ID,
      team_id: null,
      wxwork_user_id: null,
      is_active: true,
      tokens_valid_after: null,
      created_at: time,
      updated_at: time,
      ...changes,
    })
    .execute()
  return id
}

/** Two workers, a dispatcher and an admin, logged in. */
export async function addCrew(app: TestApp) {
  const workerId = await addStaff(app, 'worker@example.com', 'HOMECARE_WORKER')
  const otherId = await addStaff(app, 'other@example.com', 'HOMECARE_WORKER')
  const dispatcherId = await addStaff(app, 'dispatcher@example.com', 'HOMECARE_DISPATCHER')
  const adminId = await addStaff(app, 'admin@example.com', 'ADMIN')
  const [worker, other, dispatcher, admin] = await Promise.all(
    ['worker', 'other', 'dispatcher', 'admin'].map((name) => app.api.staff(`${name}@example.com`)),
  )
  return {
    workerId,
    otherId,
    dispatcherId,
    adminId,
    worker: { token: worker! },
    other: { token: other! },
    dispatcher: { token: dispatcher! },
    admin: { token: admin! },
    customer: { token: await app.api.customer() },
  }
}

export type Crew = Awaited<ReturnType<typeof addCrew>>

/** Fresh tokens for everybody, after the clock has moved by days. */
export async function logInAgain(app: TestApp, crew: Crew): Promise<void> {
  const token = (id: string) => ({ token: app.context.tokens.issue('staff', id) })
  crew.worker = token(crew.workerId)
  crew.other = token(crew.otherId)
  crew.dispatcher = token(crew.dispatcherId)
  crew.admin = token(crew.adminId)
  crew.customer = { token: await app.api.customer() }
}

/** A submitted order with its site set. @returns its UUID */
export async function addOrder(app: TestApp, crew: Crew, { located = true } = {}): Promise<string> {
  const { body } = await app.api.post(
    '/api/v1/tasks',
    buildSubmission(located ? { customer: SITE } : {}),
    crew.customer,
  )
  const detail = await app.api.get(`/api/v1/tasks/${body.data.task_id}`, crew.customer)
  return detail.body.data.id
}

/** An order dispatched to the crew's worker and not yet accepted. */
export async function addDispatchedOrder(app: TestApp, crew: Crew, options?: { located?: boolean }): Promise<string> {
  const workOrderId = await addOrder(app, crew, options)
  await app.api.post('/homecare/dispatch', { workOrderId, workerId: crew.workerId }, crew.dispatcher)
  return workOrderId
}

/** An order dispatched to the crew's worker and accepted. */
export async function addAcceptedOrder(app: TestApp, crew: Crew, options?: { located?: boolean }): Promise<string> {
  const workOrderId = await addDispatchedOrder(app, crew, options)
  await app.api.post('/homecare/accept', { workOrderId }, crew.worker)
  return workOrderId
}

let pictures = 0

/** A photo unlike every other one. */
export const buildPhoto = () => buildPng(64, 48, `#${(++pictures).toString(16).padStart(6, '0')}`)

/** The form of an evidence upload. */
export function evidenceForm(workOrderId: string, photo: Buffer, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries({ workOrderId, ...fields })) form.set(name, value)
  form.set('file', buildFile(photo, '现场.png', 'image/png'))
  return form
}

/** Uploads a photo as evidence. @returns its file id */
export async function addEvidence(app: TestApp, workOrderId: string, request: { token: string }): Promise<string> {
  const form = evidenceForm(workOrderId, await buildPhoto())
  const { body } = await app.api.upload('/homecare/evidence', form, request)
  return body.data.file_id
}

/** A check-in that is accepted. */
export async function buildCheckin(app: TestApp, crew: Crew, workOrderId: string, request = crew.worker) {
  return {
    workOrderId,
    ...northOfSite(10),
    accuracy: 8,
    evidenceFileIds: [await addEvidence(app, workOrderId, request)],
    signature: '张三已确认到场签到',
  }
}

/** An order on which the crew's worker has checked in. */
export async function addVisitedOrder(app: TestApp, crew: Crew): Promise<{ workOrderId: string; visitId: string }> {
  const workOrderId = await addAcceptedOrder(app, crew)
  const checkin = await buildCheckin(app, crew, workOrderId)
  const { body } = await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
  return { workOrderId, visitId: body.data.visitId }
}

/** The offline ticket the worker's app gets with the order. */
export async function ticketFor(app: TestApp, workOrderId: string, request: { token: string }): Promise<OfflineTicket> {
  const { body } = await app.api.get(`/homecare/work-orders/${workOrderId}`, request)
  return body.data.offline_ticket
}

/** Rows of a table that belong to one order, oldest first. */
export const rowsOf = async <T extends keyof Schema>(app: TestApp, table: T, workOrderId: string) =>
  (await app.context.database.db
    .selectFrom(table as 'hc_worker_locations')
    .selectAll()
    .where('work_order_id', '=', workOrderId)
    .orderBy('id')
    .execute()) as unknown as { [K in keyof Schema[T]]: any }[]

/** Number of rows of a table. */
export async function countOf(app: TestApp, table: keyof Schema): Promise<number> {
  const { count } = await app.context.database.db
    .selectFrom(table as 'task')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** An order's event types, oldest first. Throws where the chain is broken, has a gap, or is not the task's own. */
export async function chainOf(app: TestApp, workOrderId: string): Promise<string[]> {
  const { db } = app.context.database
  const rows = await db
    .selectFrom('hc_work_order_events')
    .selectAll()
    .where('work_order_id', '=', workOrderId)
    .orderBy('seq')
    .execute()
  const task = await db.selectFrom('task').selectAll().where('id', '=', workOrderId).executeTakeFirstOrThrow()
  let previous = GENESIS
  for (const [index, { hash, ...row }] of rows.entries()) {
    if (row.seq !== index + 1) throw new Error(`event ${index + 1} has the number ${row.seq}`)
    if (row.prev_hash !== previous) throw new Error(`event ${row.seq} does not follow the one before`)
    if (hash !== eventHash(app.secrets.eventKey, row)) throw new Error(`event ${row.seq} was changed`)
    previous = hash
  }
  if (task.event_seq !== rows.length || task.event_head !== previous) throw new Error('the head is another event')
  return rows.map((row) => row.event_type)
}

/** One more server on the same database, as a second process would be. */
export async function startTwin(app: TestApp) {
  const context = await createContext(app.config, app.secrets, {
    ...NO_LIMITS,
    now: app.clock.now,
    log: app.context.log,
    wechatBaseUrl: app.sandbox.wechat.url,
    ngsBaseUrl: app.sandbox.ngs?.url,
  })
  const server = createServer(createApp(context).callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const api = createApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    api,
    context,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await context.close()
    },
  }
}

/** Status and, of a refusal, its reason. */
export const outcomeOf = ({ status, body }: ApiAnswer) =>
  status === 200 ? 'OK' : `${status} ${body.data?.reasonCode ?? body.code}`
