/** The same endpoints as most Node teams would write them today: Express, helmet, TypeORM's repositories. */
import 'reflect-metadata'
import { createHash, createHmac } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import jwt from 'jsonwebtoken'
import { DataSource, type EntityManager } from 'typeorm'
import { v7 } from 'uuid'
import { CALLBACK_SECRET, EVENT_KEY, ISSUER, JWT_SECRET, readSettings, report, WECHAT } from './settings'
import { createTwinCheckin } from './twin-checkin'
import { Customer, ENTITIES, Notice, StepRecord, Task, TaskSequence, WorkOrderEvent } from './twin-entities'

const source = new DataSource({
  type: 'better-sqlite3',
  database: readSettings().file,
  entities: ENTITIES,
  enableWAL: true,
  prepareDatabase: (db: { pragma(text: string): unknown }) => {
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
  },
})

/** TypeORM shares one SQLite connection among all requests, so transactions take turns. */
let turn: Promise<unknown> = Promise.resolve()
function transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const result = turn.then(() => source.transaction(work))
  turn = result.catch(() => {})
  return result
}

const authenticate: RequestHandler = async (request, response, next) => {
  const token = request.headers.authorization?.replace(/^Bearer /, '')
  try {
    const claims = jwt.verify(token ?? '', JWT_SECRET, { algorithms: ['HS256'], issuer: ISSUER }) as jwt.JwtPayload
    const customer = await source.getRepository(Customer).findOneBy({ id: Number(claims.sub) })
    if (claims.typ !== 'customer' || !customer?.wechatOpenid || customer.wechatDisabledAt) throw new Error('unknown')
    response.locals.customer = customer
    next()
  } catch {
    response.status(401).json({ code: 401, message: '请先登录', data: null })
  }
}

const success = (data: unknown) => ({ code: 200, message: '操作成功', data })
const shanghaiTime = (instant: Date) =>
  new Date(instant.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ')

const toProfile = (who: Customer) => ({
  contact: who.contact ?? '',
  name: who.name,
  phone: who.phone ?? '',
  address: who.address ?? '',
  email: who.email ?? '',
  wechat_avatar_url: who.wechatAvatarUrl ?? '',
})

async function profile(_request: Request, response: Response): Promise<void> {
  response.json(success(toProfile(response.locals.customer as Customer)))
}

async function login(request: Request, response: Response): Promise<void> {
  const { code } = request.body as { code: string }
  const query = new URLSearchParams({ appid: WECHAT.appId, secret: WECHAT.secret, js_code: code })
  const url = `${readSettings().wechatUrl}/sns/jscode2session?grant_type=authorization_code&${query.toString()}`
  const { openid } = (await (await fetch(url)).json()) as { openid: string }
  const customer = await source.getRepository(Customer).findOneBy({ wechatOpenid: openid })
  if (!customer || customer.wechatDisabledAt) {
    response.status(401).json({ code: 401, message: '请先登录', data: null })
    return
  }
  const options = { subject: String(customer.id), issuer: ISSUER, expiresIn: '7d' } as const
  response.json(success({ token: jwt.sign({ typ: 'customer' }, JWT_SECRET, options), userInfo: toProfile(customer) }))
}

const LIST_COLUMNS = {
  id: true,
  taskId: true,
  type: true,
  deviceName: true,
  purpose: true,
  description: true,
  currentStep: true,
  status: true,
  createTime: true,
  updateTime: true,
  worker: { id: true, fullName: true, phone: true },
} as const

async function list(request: Request, response: Response): Promise<void> {
  const page = Number(request.query.page ?? 1)
  const size = Number(request.query.size ?? 10)
  const [rows, total] = await source.getRepository(Task).findAndCount({
    select: LIST_COLUMNS,
    where: { customerId: (response.locals.customer as Customer).id },
    relations: { worker: true },
    order: { createTime: 'DESC', id: 'DESC' },
    skip: (page - 1) * size,
    take: size,
  })
  const view = rows.map((row) => ({
    task_id: row.taskId,
    task_type: row.type,
    device_name: row.deviceName ?? row.purpose ?? '',
    description: row.description,
    engineer_name: row.worker?.fullName ?? '',
    engineer_phone: row.worker?.phone ?? '',
    current_step: row.currentStep,
    status: row.status,
    create_time: shanghaiTime(row.createTime),
    update_time: shanghaiTime(row.updateTime),
  }))
  response.json(success({ total, pages: Math.ceil(total / size), current: page, size, list: view }))
}

interface Submission {
  type: string
  description: string
  customer: Record<string, string>
  device: Record<string, string> & { quantity: number }
}

function isValid({ type, description, customer, device }: Submission): boolean {
  const good = (value: unknown, max: number) => typeof value === 'string' && value.trim() !== '' && value.length <= max
  return (
    good(type, 20) &&
    good(description, 2000) &&
    [customer?.name, customer?.company, customer?.phone, customer?.address].every((value) => good(value, 255)) &&
    good(device?.name, 100) &&
    good(device.fault_description, 2000) &&
    Number.isInteger(device.quantity)
  )
}

async function create(request: Request, response: Response): Promise<void> {
  const body = request.body as Submission
  if (!isValid(body)) {
    response.status(400).json({ code: 400, message: '参数错误', data: null })
    return
  }
  const task_id = await transaction((manager) => insert(manager, response.locals.customer as Customer, body))
  response.json(success({ task_id, message: '任务已提交，我们会尽快处理' }))
}

async function insert(manager: EntityManager, who: Customer, body: Submission): Promise<string> {
  const time = new Date()
  const day = shanghaiTime(time).slice(0, 10).replaceAll('-', '')
  if (!(await manager.existsBy(TaskSequence, { day }))) await manager.insert(TaskSequence, { day, lastNumber: 0 })
  await manager.increment(TaskSequence, { day }, 'lastNumber', 1)
  const { lastNumber } = await manager.findOneByOrFail(TaskSequence, { day })
  const task = toTask(who, body, { time, taskId: `T${day}${String(lastNumber).padStart(4, '0')}` })
  await manager.insert(Task, task)
  const author = { id: String(who.id), name: task.customerName! }
  await manager.insert(StepRecord, {
    id: v7(),
    taskId: task.id,
    stepIndex: 0,
    description: body.description,
    createTime: time,
    authorKind: 'customer',
    authorId: author.id,
    authorName: author.name,
  })
  const payload = JSON.stringify({ from: 0, step: 0, label: '已提交', text: body.description, files: [], file_ids: [] })
  const event = {
    id: v7(),
    workOrderId: task.id,
    seq: 1,
    eventType: 'SUBMITTED',
    actorKind: 'customer',
    payload,
    actorId: author.id,
    actorName: author.name,
    createdAt: time,
    keyId: 'bench',
    prevHash: '',
  }
  const hash = createHmac('sha256', EVENT_KEY).update('').update(JSON.stringify(event)).digest('hex')
  await manager.insert(WorkOrderEvent, { ...event, hash })
  await manager.update(Task, { id: task.id, eventSeq: 0 }, { eventSeq: 1, eventHead: hash })
  return task.taskId!
}

function toTask(who: Customer, { customer, device, ...body }: Submission, made: { time: Date; taskId: string }) {
  return {
    id: v7(),
    taskId: made.taskId,
    type: body.type,
    customerId: who.id,
    customerName: customer.name,
    customerCompany: customer.company,
    customerPhone: customer.phone,
    customerAddress: customer.address,
    deviceName: device.name,
    deviceType: device.type,
    deviceBrand: device.brand,
    deviceModel: device.model,
    faultDescription: device.fault_description,
    quantity: device.quantity,
    description: body.description,
    currentStep: 0,
    status: 'open',
    orgId: '00000000-0000-0000-0000-000000000000',
    origin: 'miniprogram',
    eventSeq: 0,
    eventHead: '',
    createTime: made.time,
    updateTime: made.time,
  }
}

/** Stored only; what becomes of it afterwards is ours alone. */
async function storeNotice(request: Request, response: Response): Promise<void> {
  const body = JSON.stringify(request.body)
  const digest = createHash('sha256').update(body).digest('hex')
  await source.getRepository(Notice).insert({ id: v7(), digest, body, receivedAt: new Date() })
  response.json({ errcode: 0, errmsg: 'ok' })
}

async function start(): Promise<void> {
  await source.initialize()
  const app = express()
  app.use(helmet())
  app.use(express.json())
  app.post('/api/v1/wechat/login', login)
  app.post(`/callback/wxwork/${CALLBACK_SECRET}`, storeNotice)
  const router = express.Router()
  router.use(authenticate)
  // One entry for each row of the bench.
  router.get('/user/profile', profile)
  router.get('/tasks', list)
  router.post('/tasks', create)
  app.use('/api/v1', router)
  const { authenticateWorker, precheck, submit } = createTwinCheckin({ source, transaction })
  app.post('/homecare/checkin/precheck', authenticateWorker, precheck)
  app.post('/homecare/checkin/submit', authenticateWorker, submit)
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).json({ code: 500, message: error.message, data: null })
  })
  const server: Server = app.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
}

start().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
