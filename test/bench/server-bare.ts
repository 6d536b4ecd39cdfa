/** The floor: `node:http` and prepared statements doing the work of each row, and nothing else. */
import { createHash, createHmac, createSecretKey } from 'node:crypto'
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Sqlite from 'better-sqlite3'
import jwt from 'jsonwebtoken'
import { v7 } from 'uuid'
import { createBareCheckin, type Staff } from './bare-checkin'
import { CALLBACK_SECRET, EVENT_KEY, ISSUER, JWT_SECRET, readSettings, report, WECHAT } from './settings'

const settings = readSettings()
const key = settings.preparedKey ? createSecretKey(JWT_SECRET, 'utf8') : JWT_SECRET
const db = new Sqlite(settings.file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('foreign_keys = ON')

interface Customer {
  id: number
  contact: string | null
  name: string
  phone: string | null
  address: string | null
  email: string | null
  wechat_openid: string | null
  wechat_avatar_url: string | null
  wechat_disabled_at: string | null
}
const CUSTOMER_COLUMNS = `id, name, contact, phone, address, email, wechat_openid, wechat_unionid, wechat_avatar_url,
  wechat_merged_into, wechat_disabled_at`
const customerById = db.prepare<[number], Customer>(`select ${CUSTOMER_COLUMNS} from customer where id = ?`)

class Refusal extends Error {
  constructor(readonly status: number) {
    super(String(status))
  }
}

function claimsOf(request: IncomingMessage): jwt.JwtPayload {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (!token) throw new Refusal(401)
  return jwt.verify(token, key, { algorithms: ['HS256'], issuer: ISSUER }) as jwt.JwtPayload
}

function customerOf(request: IncomingMessage): Customer {
  const claims = claimsOf(request)
  const customer = claims.typ === 'customer' ? customerById.get(Number(claims.sub)) : undefined
  if (!customer?.wechat_openid || customer.wechat_disabled_at) throw new Refusal(401)
  return customer
}

const checkin = createBareCheckin(db, (status) => new Refusal(status))

function workerOf(request: IncomingMessage): Staff {
  const { typ, sub, iat } = claimsOf(request)
  const worker = typ === 'staff' ? checkin.staffById(sub!) : undefined
  if (!worker?.is_active || worker.role !== 'HOMECARE_WORKER') throw new Refusal(401)
  if (worker.tokens_valid_after && iat! * 1000 < Date.parse(worker.tokens_valid_after)) throw new Refusal(401)
  return worker
}

function profile(who: Customer) {
  return {
    contact: who.contact ?? '',
    name: who.name,
    phone: who.phone ?? '',
    address: who.address ?? '',
    email: who.email ?? '',
    wechat_avatar_url: who.wechat_avatar_url ?? '',
  }
}

const customerByOpenid = db.prepare<[string], Customer>(
  `select ${CUSTOMER_COLUMNS} from customer where wechat_openid = ?`,
)
const agent = new Agent({ keepAlive: true })

async function login(text: string) {
  const { code } = JSON.parse(text) as { code: unknown }
  if (typeof code !== 'string' || !code || code.length > 200) throw new Refusal(400)
  const query = new URLSearchParams({ appid: WECHAT.appId, secret: WECHAT.secret, js_code: code })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const url = `${settings.wechatUrl}/sns/jscode2session?grant_type=authorization_code&${query.toString()}`
    get(url, { agent }, resolve).on('error', reject)
  })
  const { openid } = JSON.parse(await readText(incoming)) as { openid?: string }
  const customer = openid ? customerByOpenid.get(openid) : undefined
  if (!customer || customer.wechat_disabled_at) throw new Refusal(401)
  const options = { subject: String(customer.id), issuer: ISSUER, expiresIn: '7d' } as const
  return { token: jwt.sign({ typ: 'customer' }, key, options), userInfo: profile(customer) }
}

interface ListRow {
  task_id: string
  type: string
  device_name: string | null
  purpose: string | null
  description: string
  current_step: number
  status: string
  create_time: string
  update_time: string
  engineer_name: string | null
  engineer_phone: string | null
}
const ownTasks = db.prepare<[number, number, number], ListRow>(`
  select task.id, task.task_id, task.type, task.device_name, task.purpose, task.description, task.current_step,
    task.status, task.create_time, task.update_time, staff.full_name as engineer_name, staff.phone as engineer_phone
  from task left join staff on staff.id = task.worker_id where task.customer_id = ?
  order by task.create_time desc, task.id desc limit ? offset ?`)
const countTasks = db.prepare<[number], { count: number }>(`select count(*) as count from task where customer_id = ?`)

const shanghaiTime = (instant: Date) =>
  new Date(instant.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ')

function list(who: Customer, query: URLSearchParams) {
  const page = Number(query.get('page') ?? 1)
  const size = Number(query.get('size') ?? 10)
  if (!Number.isInteger(page) || !Number.isInteger(size) || page < 1 || size < 1 || size > 100) throw new Refusal(400)
  const rows = ownTasks.all(who.id, size, (page - 1) * size).map((row) => ({
    task_id: row.task_id,
    task_type: row.type,
    device_name: row.device_name ?? row.purpose ?? '',
    description: row.description,
    engineer_name: row.engineer_name ?? '',
    engineer_phone: row.engineer_phone ?? '',
    current_step: row.current_step,
    status: row.status,
    create_time: shanghaiTime(new Date(row.create_time)),
    update_time: shanghaiTime(new Date(row.update_time)),
  }))
  const total = rows.length < size ? (page - 1) * size + rows.length : countTasks.get(who.id)!.count
  return { total, pages: Math.ceil(total / size), current: page, size, list: rows }
}

const findDay = db.prepare<[string], { day: string }>('select day from task_sequence where day = ?')
const insertDay = db.prepare('insert or ignore into task_sequence (day, last_number) values (?, 0)')
const bumpDay = db.prepare('update task_sequence set last_number = last_number + 1 where day = ?')
const readDay = db.prepare<[string], { last_number: number }>('select last_number from task_sequence where day = ?')
const TASK_COLUMNS =
  'id, task_id, type, customer_id, customer_name, customer_company, customer_phone, customer_address, customer_email, ' +
  'device_name, device_type, device_brand, device_model, fault_description, quantity, accessories, appointment_time, ' +
  'verification_type, purpose, requirement_description, description, current_step, status, service_latitude, ' +
  'service_longitude, org_id, team_id, origin, ngs_oid, ngs_task_id, worker_id, content_flag, cancel_reason, ' +
  'reminded_at, event_seq, event_head, create_time, update_time'
const insertTask = db.prepare(
  `insert into task (${TASK_COLUMNS}) values (${TASK_COLUMNS.replace(/\w+/g, '@$&').replaceAll(',', ', ')})`,
)
const insertStep = db.prepare(`insert into step_record
  (id, task_id, step_index, description, author_kind, author_id, author_name, create_time) values (?, ?, ?, ?, ?, ?, ?, ?)`)
const insertEvent = db.prepare(`insert into hc_work_order_events
  (id, work_order_id, seq, event_type, actor_kind, actor_id, actor_name, payload, created_at, key_id, prev_hash, hash)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
const advanceHead = db.prepare('update task set event_seq = ?, event_head = ? where id = ? and event_seq = ?')
const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const rollback = db.prepare('rollback')

interface Submission {
  type: string
  description: string
  customer: Record<string, string>
  device: Record<string, string | number>
}

const bad = (value: unknown, max: number) => typeof value !== 'string' || !value.trim() || value.length > max

function readSubmission(text: string): Submission {
  const body = JSON.parse(text) as Submission
  if (bad(body.type, 20) || bad(body.description, 2000) || !body.customer || !body.device) throw new Refusal(400)
  checkCustomer(body.customer)
  const { name, fault_description, quantity } = body.device
  if (bad(name, 100) || bad(fault_description, 2000) || !Number.isInteger(quantity)) throw new Refusal(400)
  return body
}

function checkCustomer({ name, company, phone, address }: Submission['customer']): void {
  if (bad(name, 50) || bad(company, 100) || bad(address, 255) || bad(phone, 20)) throw new Refusal(400)
  if (!/^\+?[\d\s()-]{5,20}$/.test(phone!)) throw new Refusal(400)
}

function create(who: Customer, text: string) {
  const body = readSubmission(text)
  const time = new Date().toISOString()
  const day = shanghaiTime(new Date(time)).slice(0, 10).replaceAll('-', '')
  if (!findDay.get(day)) insertDay.run(day)
  begin.run()
  try {
    bumpDay.run(day)
    const taskId = `T${day}${String(readDay.get(day)!.last_number).padStart(4, '0')}`
    const task = toTask(who, body, { time, taskId })
    insertTask.run(task)
    insertStep.run(v7(), task.id, 0, body.description, 'customer', String(who.id), task.customer_name, time)
    const payload = JSON.stringify({
      from: 0,
      step: 0,
      label: '已提交',
      text: body.description,
      files: [],
      file_ids: [],
    })
    const event = [
      v7(),
      task.id,
      1,
      'SUBMITTED',
      'customer',
      String(who.id),
      task.customer_name,
      payload,
      time,
      'bench',
    ]
    const hash = createHmac('sha256', EVENT_KEY).update('').update(JSON.stringify(event)).digest('hex')
    insertEvent.run(...event, '', hash)
    advanceHead.run(1, hash, task.id, 0)
    commit.run()
    return { task_id: taskId, message: '任务已提交，我们会尽快处理' }
  } catch (error) {
    rollback.run()
    throw error
  }
}

function toTask(who: Customer, { customer, device, ...body }: Submission, made: { time: string; taskId: string }) {
  return {
    id: v7(),
    task_id: made.taskId,
    type: body.type,
    customer_id: who.id,
    customer_name: customer.name!,
    customer_company: customer.company,
    customer_phone: customer.phone,
    customer_address: customer.address,
    customer_email: customer.email ?? null,
    device_name: device.name,
    device_type: device.type ?? null,
    device_brand: device.brand ?? null,
    device_model: device.model ?? null,
    fault_description: device.fault_description,
    quantity: device.quantity,
    accessories: null,
    appointment_time: null,
    verification_type: null,
    purpose: null,
    requirement_description: null,
    description: body.description,
    current_step: 0,
    status: 'open',
    service_latitude: null,
    service_longitude: null,
    org_id: '00000000-0000-0000-0000-000000000000',
    team_id: null,
    origin: 'miniprogram',
    ngs_oid: null,
    ngs_task_id: null,
    worker_id: null,
    content_flag: null,
    cancel_reason: null,
    reminded_at: null,
    event_seq: 0,
    event_head: '',
    create_time: made.time,
    update_time: made.time,
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const insertNotice = db.prepare(
  'insert into wxwork_notice (id, digest, body, received_at, processed_at) values (?, ?, ?, ?, null)',
)

/** The gateway's notice, stored under its digest; what becomes of it afterwards is ours alone. */
function storeNotice(body: string) {
  const digest = createHash('sha256')
    .update(JSON.stringify(JSON.parse(body)))
    .digest('hex')
  insertNotice.run(v7(), digest, body, new Date().toISOString())
  return { errcode: 0, errmsg: 'ok' }
}

/** One entry for each row of the bench. */
const ROUTES: Record<string, (request: IncomingMessage, query: URLSearchParams) => unknown> = {
  'POST /api/v1/wechat/login': async (request) => login(await readText(request)),
  'GET /api/v1/user/profile': (request) => profile(customerOf(request)),
  'GET /api/v1/tasks': (request, query) => list(customerOf(request), query),
  'POST /api/v1/tasks': async (request) => create(customerOf(request), await readText(request)),
  [`POST /callback/wxwork/${CALLBACK_SECRET}`]: async (request) => storeNotice(await readText(request)),
  'POST /homecare/checkin/precheck': async (request) => checkin.precheck(workerOf(request), await readText(request)),
  'POST /homecare/checkin/submit': async (request) => checkin.submit(workerOf(request), await readText(request)),
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: object) => {
    const text = JSON.stringify(body)
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  }
  try {
    const [path, query] = request.url!.split('?') as [string, string?]
    const route = ROUTES[`${request.method} ${path}`]
    if (!route) throw new Refusal(404)
    const data = await route(request, new URLSearchParams(query))
    send(200, { code: 200, message: '操作成功', data })
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500
    send(status, { code: status, message: String(error), data: null })
  }
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
