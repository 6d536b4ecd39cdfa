import {
  addAcceptedOrder,
  addDispatchedOrder,
  addEvidence,
  addOrder,
  addStaff,
  addVisitedOrder,
  buildCheckin,
  SITE,
} from '../../support/field-work'
import { submitTask } from '../../support/ngs'
import { signedHeaders } from '../../support/cloud'
import { type Known, nameOf, type Operation, type Sample, sampleRequest } from './operations'
import type { World } from './world'

export const PASSWORD = 'planted-secret-3f9c1d'

/** Values by the names of their fields, good for every route that has no own below. */
export async function knownOf(world: World): Promise<Known> {
  const { app, crew } = world
  const id = await addAcceptedOrder(app, crew)
  const file = new URL(app.context.files.link(await world.upload(crew.customer)), app.url).searchParams
  const day = app.clock.now().toISOString().slice(0, 10)
  const at = (minutes: number) => new Date(app.clock.now().getTime() + minutes * 60_000).toISOString()
  return {
    ...SITE,
    id,
    workOrderId: id,
    workerId: crew.workerId,
    worker_id: crew.workerId,
    formerWorkerId: undefined,
    page: 1,
    size: 5,
    step: 1,
    below: 3,
    days: 1,
    from: day,
    to: day,
    last_event_id: undefined,
    phone: '13800138000',
    email: 'nobody@example.com',
    password: PASSWORD,
    code: 'demo-customer',
    service_latitude: SITE.latitude,
    service_longitude: SITE.longitude,
    accuracy: 8,
    reportedAt: at(0),
    capturedAt: at(0),
    appointment_time: at(3 * 24 * 60),
    coordinateType: 'gcj02',
    offlineTicket: undefined,
    org_id: undefined,
    team_id: undefined,
    config_value: '80',
    scope_type: 'WORK_ORDER',
    scope_id: id,
    system: 'city',
    account: 'op1',
    run_id: world.runId,
    base_url: world.site.url,
    overrides: undefined,
    endpoint: '/workorder/list',
    http_method: 'POST',
    secret: app.secrets.callbackSecret,
    asset: 'init.js',
    address: '10.0.0.1',
    openid: 'o-customer',
    exp: file.get('exp'),
    sig: file.get('sig'),
    v: 'original',
    uuid: undefined,
    results: {},
    file_ids: [],
    fileIds: [],
    evidenceFileIds: [],
    avatar_file_id: undefined,
    proxySituation: 0,
    kf_id: 1,
    isRoom: false,
    innerLimit: 10,
    externalLimit: 10,
    quantity: 1,
    type: 'repair',
    oId: undefined,
    taskId: undefined,
    customer_id: 1,
    purpose: 'attachment',
  }
}

const orderOf =
  (make: (world: World) => Promise<string>) =>
  async (world: World): Promise<Known> => {
    const id = await make(world)
    return { id, workOrderId: id }
  }
const taskAt = (step: number) => orderOf(({ taskAt }) => taskAt(step))
const accepted = orderOf(({ app, crew }) => addAcceptedOrder(app, crew))
const dispatched = orderOf(({ app, crew }) => addDispatchedOrder(app, crew))
const submitted = orderOf(({ app, crew }) => addOrder(app, crew))
const visited = orderOf(async ({ app, crew }) => (await addVisitedOrder(app, crew)).workOrderId)
const employee = async ({ app, fresh }: World): Promise<Known> => {
  const name = fresh()
  return { id: await addStaff(app, `${name}@example.com`, 'HOMECARE_WORKER'), wxwork_user_id: name }
}
const customer = async ({ app, fresh }: World): Promise<Known> => {
  const openid = fresh()
  await app.api.customer(`demo-${openid}`)
  const row = await app.context.database.db.selectFrom('customer').select('id').orderBy('id', 'desc').executeTakeFirst()
  return { id: String(row!.id), ngs_customer_guid: openid, wxwork_user_id: openid }
}
const newSystem = async ({ fresh }: World): Promise<Known> => ({
  system_name: fresh(),
  endpoints: undefined,
  accounts: undefined,
})
const ownSystem = async ({ system, fresh }: World): Promise<Known> => {
  const system_name = await system({ system_name: fresh() })
  return { system: system_name, system_name, endpoints: undefined, accounts: undefined, name: fresh() }
}
const ownEndpoint = async (world: World): Promise<Known> => {
  const known = await ownSystem(world)
  const endpoints = `${world.base}/systems/${known.system as string}/endpoints`
  await world.admin('POST', endpoints, { name: 'own', endpoint: '/x', http_method: 'GET' })
  const { body } = await world.admin('GET', endpoints)
  return { ...known, id: body.data.list.find((one: { name: string }) => one.name === 'own').id }
}
/** Something owed to ngs whose outcome nobody knows. */
const owed = async ({ app, crew }: World): Promise<Known> => {
  const { number } = await submitTask(app, crew)
  const { db } = app.context.database
  const row = await db.selectFrom('outbox').selectAll().where('subject', '=', number).executeTakeFirstOrThrow()
  await db.updateTable('outbox').set({ state: 'UNKNOWN' }).where('id', '=', row.id).execute()
  return { id: row.id, oId: 'O', taskId: 'T', note: '电话核实' }
}
/** An order ngs has. */
const existing = async ({ admin }: World): Promise<Known> => {
  const { body } = await admin('POST', '/ngs/wo/save', { mapId: 'M1', customerGuid: 'C1' })
  return { ...body.value, mapId: undefined, customerGuid: undefined }
}

/** What a call uses up, or needs beyond what is there already. */
const FRESH: Record<string, (world: World) => Promise<Known>> = {
  'POST /api/v1/wechat/login': async () => ({ code: 'demo-customer' }),
  'POST /api/v1/wechat/phone': async () => ({ code: 'phone-13800138000' }),
  'PUT /api/v1/user/profile': async ({ upload, crew }) => ({ avatar_file_id: await upload(crew.customer, 'avatar') }),
  'POST /api/v1/tasks': async ({ upload, crew }) => ({ file_ids: [await upload(crew.customer)] }),
  'POST /api/v1/tasks/{id}/confirm': taskAt(4),
  'POST /api/v1/tasks/{id}/cancel': submitted,
  'POST /api/v1/tasks/{id}/reminder': submitted,
  'POST /api/v1/tasks/{id}/evaluation': taskAt(6),
  'GET /api/v1/tasks/{id}/evaluation': async ({ taskAt, app, crew }) => {
    const id = await taskAt(6)
    const marks = { serviceAttitude: 5, serviceQuality: 4, overallRating: 5 }
    await app.api.post(`/api/v1/tasks/${id}/evaluation`, marks, crew.customer)
    return { id }
  },
  'GET /api/v1/files/{id}': async ({ app, crew, upload }) => {
    const id = await upload(crew.customer)
    const { searchParams } = new URL(app.context.files.link(id, 'thumbnail'), app.url)
    return { id, v: 'thumbnail', exp: searchParams.get('exp'), sig: searchParams.get('sig') }
  },
  'POST /api/v1/admin/staff': async ({ fresh }) => {
    const name = fresh()
    return { email: `${name}@example.com`, wxwork_user_id: name }
  },
  'PATCH /api/v1/admin/staff/{id}': employee,
  'POST /api/v1/admin/staff/{id}/disable': employee,
  'POST /api/v1/admin/staff/{id}/enable': employee,
  'POST /api/v1/admin/staff/{id}/reset-password': employee,
  'PATCH /api/v1/admin/customers/{id}': customer,
  'POST /api/v1/admin/customers/{id}/disable': customer,
  'POST /api/v1/admin/customers/{id}/enable': customer,
  'POST /api/v1/admin/sla-config': submitted,
  'POST /api/v1/admin/external/systems': newSystem,
  'PUT /api/v1/admin/external/systems/{system}': ownSystem,
  'DELETE /api/v1/admin/external/systems/{system}': ownSystem,
  'DELETE /api/v1/admin/external/systems/{system}/accounts/{account}': ownSystem,
  'POST /api/v1/admin/external/systems/{system}/endpoints': ownSystem,
  'PUT /api/v1/admin/external/systems/{system}/endpoints/{id}': ownEndpoint,
  'DELETE /api/v1/admin/external/systems/{system}/endpoints/{id}': ownEndpoint,
  'POST /api/v1/admin/external/systems/{system}/dry-run': async () => ({ body: { account: 'op1' } }),
  'POST /api/v1/admin/external/work-orders/{id}/import': async ({ admin, base }) => {
    const { body } = await admin('GET', `${base}/work-orders?imported=false&size=1`)
    return { id: body.data.list[0]?.id }
  },
  'POST /api/v1/admin/outbox/{id}/retry': owed,
  'POST /api/v1/admin/outbox/{id}/resolve': owed,
  'POST /api/v1/admin/ngs/tasks/{id}/order': async (world) => ({
    ...(await submitted(world)),
    ...(await existing(world)),
  }),
  'POST /api/v1/admin/external/logs/{id}/replay': async ({ admin, base }) => {
    const { body } = await admin('GET', `${base}/logs?system=city&size=1`)
    return { id: body.data.list[0].id }
  },
  'POST /auth/email-login': async () => ({ email: 'other@example.com', password: 'password123' }),
  'POST /auth/password': async ({ app, fresh }) => {
    const email = `${fresh()}@example.com`
    const id = await addStaff(app, email, 'ADMIN')
    return {
      body: { oldPassword: 'password123', newPassword: PASSWORD },
      caller: app.context.tokens.issue('staff', id),
    }
  },
  'POST /auth/logout': async ({ app, fresh }) => {
    const id = await addStaff(app, `${fresh()}@example.com`, 'ADMIN')
    return { caller: app.context.tokens.issue('staff', id) }
  },
  'POST /homecare/dispatch': submitted,
  'POST /homecare/accept': dispatched,
  'POST /homecare/reject': dispatched,
  'POST /homecare/claim': submitted,
  'POST /homecare/cancel': submitted,
  'POST /homecare/work-orders/{id}/steps': async (world) => ({
    ...(await accepted(world)),
    fileIds: [await world.upload(world.crew.admin)],
  }),
  'POST /homecare/checkin/submit': async (world) => {
    const known = await accepted(world)
    return { ...known, ...(await buildCheckin(world.app, world.crew, known.id as string)) }
  },
  'POST /homecare/checkout': visited,
  'POST /homecare/visits/{id}/review': async ({ app, crew }) => ({ id: (await addVisitedOrder(app, crew)).visitId }),
  'POST /homecare/sync': async ({ app, crew, fresh }) => {
    const workOrderId = await addAcceptedOrder(app, crew)
    const capturedAt = new Date(app.clock.now().getTime() - 60_000).toISOString()
    const payload = { workOrderId, ...SITE, accuracy: 8 }
    const evidenceFileIds = [await addEvidence(app, workOrderId, crew.worker)]
    const items = [
      { kind: 'fix', payload },
      { kind: 'checkin', payload: { ...payload, evidenceFileIds, signature: '张三已确认到场签到' } },
      { kind: 'checkout', payload: { ...payload, summary: '完成' } },
      { kind: 'step', payload: { workOrderId, step: 2, description: '说明', fileIds: [] } },
    ]
    return { body: { items: items.map((one) => ({ clientId: fresh(), capturedAt, ...one })) } }
  },
  'POST /api/check-code': async ({ admin, app }) => {
    const { body } = await admin('POST', '/api/init', {})
    await admin('POST', '/api/set-callback', {})
    await admin('POST', '/api/get-qrcode', {})
    return { code: app.sandbox.wxwork.codeOf(body.uuid), qrcodeKey: undefined }
  },
  'POST /internal/cloud/messages/settle': async () => ({ body: { results: [] } }),
  'POST /ngs/wo/send': existing,
  'POST /ngs/wo/close': existing,
  'POST /ngs/wo/failedClose': existing,
  'POST /ngs/wo/reminder': existing,
  'POST /ngs/wo/back': existing,
  'POST /ngs/wo/revoke': existing,
}

/** Whoever gets furthest with a route. */
export function callerOf({ path }: Operation, { crew }: World): { token: string } {
  if (/^\/api\/v1\/(?!admin)/.test(path)) return crew.customer
  if (/^\/homecare\/(checkin|checkout|evidence|accept|reject|claim|sync)/.test(path)) return crew.worker
  return crew.admin
}

export interface Valid {
  sample: Sample
  caller: { token: string }
}

/** A call of its own, on an object of its own, that the route should take. */
export async function validRequest(
  world: World,
  operation: Operation,
  common: Known,
  encoding?: 'json' | 'form',
): Promise<Valid> {
  const own = (await FRESH[nameOf(operation)]?.(world)) ?? {}
  const { caller, ...known } = { ...common, ...own } as Known & { caller?: string }
  const sample = sampleRequest(operation, known, encoding)
  if (isSigned(operation)) sample.headers = signedFor(world, operation, sample.body)
  return { sample, caller: caller ? { token: caller } : callerOf(operation, world) }
}

export const isSigned = ({ path }: Operation) => path.startsWith('/internal/cloud/')

/** Headers of a cloud function's call, as it signs them. */
export const signedFor = ({ app, cloudSecret }: World, { path }: Operation, body: unknown) =>
  signedHeaders(path, JSON.stringify(body), { secret: cloudSecret, timestamp: app.clock.now().getTime() })

/** Whether a call uses something up, so that the next one needs another. */
export const usesUp = (operation: Operation) => nameOf(operation) in FRESH
