import { randomUUID } from 'node:crypto'
import { SANDBOX_NGS_TOKEN } from '../../config/ngs'
import { type Sandbox, type SandboxAnswer, type SandboxControl, type SandboxRequest, startSandbox } from '../kit'

/** One order as ngs holds it. */
export interface NgsOrder {
  oId: string
  taskId: string
  mapId: string
  customerGuid: string
  state: 'saved' | 'sent' | 'closed' | 'failed' | 'revoked'
  /** Operations in the order in which they came, with what was sent. */
  history: { operation: string; body: Body }[]
}

/** The next `times` (1) calls of `operation` (any) are refused with code 0 and this message. */
interface Refusal {
  operation?: string
  message: string
  times?: number
}

/** Fields of `POST /__control` that only this sandbox knows. */
export interface NgsControl extends SandboxControl {
  refusals?: Refusal[]
  /** False: answers carry no `value`, as the document shows them. */
  values?: boolean
}

export interface NgsSandbox extends Omit<Sandbox, 'control'> {
  control(control: NgsControl): void
  /** Oldest first. */
  orders(): NgsOrder[]
}

interface State {
  token: string
  dataSource: string
  orders: Map<string, NgsOrder>
  refusals: Required<Refusal>[]
  values: boolean
}

type Body = Record<string, unknown>

const OPERATIONS = ['save', 'send', 'close', 'failedClose', 'reminder', 'back', 'revoke']
const CREATING = new Set(['save', 'send'])
const STATES: Record<string, NgsOrder['state']> = {
  save: 'saved',
  send: 'sent',
  close: 'closed',
  failedClose: 'failed',
  back: 'sent',
  revoke: 'revoked',
}

/** ngs's work-order interface over real HTTP. Refusals come with HTTP 200 and code 0, as its do. */
export async function startNgsSandbox(
  options: { port?: number; token?: string; dataSource?: string } = {},
): Promise<NgsSandbox> {
  const state: State = {
    token: options.token || SANDBOX_NGS_TOKEN,
    dataSource: options.dataSource || 'sandbox',
    orders: new Map(),
    refusals: [],
    values: true,
  }
  const sandbox = await startSandbox({
    port: options.port,
    handle: (request) => handle(state, request),
    onControl: (control) => apply(state, control),
  })
  return { ...sandbox, orders: () => [...state.orders.values()] }
}

function apply(state: State, control: NgsControl): void {
  if (control.reset) Object.assign(state, { orders: new Map(), refusals: [], values: true })
  for (const { operation = '', message, times = 1 } of control.refusals ?? [])
    state.refusals.push({ operation, message, times })
  if (control.values !== undefined) state.values = control.values
}

function handle(state: State, { method, path, headers, body }: SandboxRequest): SandboxAnswer {
  const operation = /^\/ngs\/wo\/(\w+)$/.exec(path)?.[1] ?? ''
  if (method !== 'POST' || !OPERATIONS.includes(operation)) return { status: 404, text: 'no such interface' }
  if (!isKnown(state, headers)) return refuse('token无效或IP不在白名单')
  const scripted = state.refusals.find((one) => one.times > 0 && ['', operation].includes(one.operation))
  if (scripted) {
    scripted.times -= 1
    return refuse(scripted.message)
  }
  if (typeof body !== 'object' || body === null) return refuse('参数错误')
  return execute(state, operation, body as Body)
}

/** A token, or a data source on the white list with who acts in it. */
function isKnown(state: State, headers: SandboxRequest['headers']): boolean {
  if (headers.token) return headers.token === state.token
  return headers.ds === state.dataSource && Boolean(headers.staffid && headers.groupid)
}

function execute(state: State, operation: string, body: Body): SandboxAnswer {
  const order = body.oId ? state.orders.get(String(body.oId)) : create(state, operation, body)
  if (!order || (body.taskId && body.taskId !== order.taskId)) return refuse('工单不存在')
  if (['closed', 'failed'].includes(order.state)) return refuse('工单已结案')
  order.state = STATES[operation] ?? order.state
  order.history.push({ operation, body })
  const value = state.values ? { oId: order.oId, taskId: order.taskId } : null
  return { json: { code: 1, message: '', value } }
}

function create(state: State, operation: string, { mapId, customerGuid }: Body): NgsOrder | undefined {
  if (!CREATING.has(operation) || !mapId || !customerGuid) return undefined
  const order: NgsOrder = {
    oId: randomUUID().toUpperCase(),
    taskId: randomUUID().toUpperCase(),
    mapId: String(mapId),
    customerGuid: String(customerGuid),
    state: 'saved',
    history: [],
  }
  state.orders.set(order.oId, order)
  return order
}

const refuse = (message: string): SandboxAnswer => ({ json: { code: 0, message, value: null } })
