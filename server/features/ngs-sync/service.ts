import type { NgsConfig } from '../../config/ngs'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Ngs } from '../../connectors/ngs'
import type { NgsOperation } from '../../connectors/ngs/constants'
import { orderIdsOf } from '../../connectors/ngs/schema'
import type { Database, Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import type { Delivery, Finding, OutboxHandler } from '../outbox/handler'
import type { OutboxRow } from '../outbox/repository'
import type { OutboxService } from '../outbox/service'
import type { TaskRow } from '../tasks/repository'
import type { EventType } from '../work-order-events/catalog'
import { toDrift } from './drift'
import { toNgsFields } from './fields'
import type { NgsSyncRepository, Subject } from './repository'

const SYSTEM = 'ngs'
const LATE_MS = 10 * 60_000

/** What of a task's life ngs is told. */
const OPERATIONS: Partial<Record<EventType, NgsOperation>> = {
  SUBMITTED: 'send',
  REMINDED: 'reminder',
  EVALUATED: 'close',
  CANCELLED: 'failedClose',
}
const CREATING: NgsOperation = 'send'

const topicOf = (operation: NgsOperation) => `${SYSTEM}.${operation}`
const operationOf = (topic: string) => topic.slice(SYSTEM.length + 1) as NgsOperation
const isCreate = (topic: string) => topic === topicOf(CREATING)

/** Our tasks in ngs, through the outbox (upstreams.md, ngs). */
export interface PartnerSync {
  /** Owes ngs what this event means to it, in the event's transaction; the task is locked by it. */
  owe(trx: Db, task: TaskRow, event: { type: EventType; text: string }): Promise<void>
  /** The customer's number at ngs was set: what waits for it leaves after the commit. */
  customerNumbered(trx: Db, customerId: number): Promise<void>
}

interface Owing {
  config: Pick<NgsConfig, 'fieldMap'> | null
  outbox: Pick<OutboxService, 'add' | 'knows' | 'goOn'>
  repository: NgsSyncRepository
  now: () => Date
}

export function createNgsSync({ config, outbox, repository, now }: Owing): PartnerSync {
  return {
    async customerNumbered(trx, customerId) {
      await repository.wakeCustomer(trx, customerId, now())
      await outbox.goOn(trx, null)
    },

    async owe(trx, task, { type, text }) {
      const operation = OPERATIONS[type]
      if (!config || !operation) return
      // A task older than the connection is none of ngs's business until somebody enters its ids.
      if (operation !== CREATING && !task.ngs_oid && !(await outbox.knows(trx, SYSTEM, task.id))) return
      await outbox.add(trx, {
        system: SYSTEM,
        topic: topicOf(operation),
        key: task.id,
        subject: task.task_id,
        payload: {
          ...(operation === CREATING ? toNgsFields(task, config.fieldMap) : {}),
          ...(operation === 'reminder' ? { comments: text } : {}),
        },
      })
    },
  }
}

type Sending = {
  ngs: Ngs
  config: Pick<NgsConfig, 'mapIds' | 'customerGuid'>
  repository: NgsSyncRepository
}

/** How entries owed to ngs leave. */
export function createNgsHandler({ ngs, config, repository }: Sending): OutboxHandler {
  /** The order an entry is about, or what is missing to name it. */
  function referenceFor(topic: string, subject: Subject): object | Delivery {
    if (!isCreate(topic)) {
      if (subject.ngs_oid && subject.ngs_task_id) return { oId: subject.ngs_oid, taskId: subject.ngs_task_id }
      return waiting('ORDER_IDS', '缺少 ngs 工单编号，请人工填写 oId 与 taskId')
    }
    const mapId = config.mapIds[subject.type]
    if (!mapId) return waiting('MAP_ID', '该任务类型没有配置 mapId（NGS_MAP_IDS）')
    const customerGuid = subject.customer_guid || config.customerGuid
    if (!customerGuid) return waiting('CUSTOMER_GUID', '客户没有 ngs 客户编号，也没有配置 NGS_CUSTOMER_GUID')
    return { mapId, customerGuid }
  }

  return {
    async deliver(entry) {
      const subject = await repository.subject(entry.key)
      if (!subject) return { state: 'sent', value: null }
      // Somebody has entered the order's ids: it is there.
      if (isCreate(entry.topic) && subject.ngs_oid) return { state: 'sent', value: null }
      const reference = referenceFor(entry.topic, subject)
      if ('state' in reference) return reference
      const body = { ...reference, ...(JSON.parse(entry.payload) as object) }
      try {
        const value = await ngs.execute(operationOf(entry.topic), { body, traceId: entry.id })
        return { state: 'sent', value }
      } catch (error) {
        return failureOf(error)
      }
    },

    isRepeatable: (topic) => !isCreate(topic),

    async delivered(trx, entry, value) {
      const ids = orderIdsOf(value)
      if (ids && isCreate(entry.topic)) await repository.setIds(trx, entry.key, ids)
    },

    learn: (trx, entry, finding) => repository.setIds(trx, entry.key, finding),
  }
}

const waiting = (waitingFor: string, error: string): Delivery => ({ state: 'waiting', waitingFor, error })

function failureOf(error: unknown): Delivery {
  if (!(error instanceof UpstreamError)) return { state: 'unknown', error: '内部错误，结果未知' }
  switch (error.kind) {
    case 'unavailable':
      if (error.detail.reason === 'circuit-open') return { state: 'held', error: 'ngs 暂时无法连接，稍后重试' }
      return { state: 'unreachable', error: 'ngs 无法连接或暂停服务' }
    case 'rate-limited':
      return { state: 'unreachable', error: 'ngs 繁忙' }
    case 'unknown-outcome':
      return { state: 'unknown', error: 'ngs 没有确认结果，操作可能已经执行' }
    case 'unauthenticated':
      return { state: 'refused', error: 'ngs 不接受我方的令牌或白名单身份' }
    default:
      return { state: 'refused', error: 'ngs 没有受理，原文见外部调用记录' }
  }
}

interface OrderDeps {
  repository: NgsSyncRepository
  outbox: Pick<OutboxService, 'goOn'>
  audit: AuditService
  transaction: Database['transaction']
}

/** Numbers of orders at ngs that nobody but a person can know. */
export function createNgsOrders({ repository, outbox, audit, transaction }: OrderDeps) {
  return {
    /** Enters them for a task that has none, also one older than the connection. @throws AppError NOT_FOUND, CONFLICT */
    enter: (who: StaffPrincipal, reference: string, { finding, once }: { finding: Finding; once: Once }) =>
      transaction(async (trx) => {
        const task = await repository.findTask(reference, trx)
        if (!task) throw new AppError('NOT_FOUND', { message: '任务不存在' })
        if (!(await repository.setIds(trx, task.id, finding)))
          throw new AppError('CONFLICT', { message: '该任务已有 ngs 工单编号' })
        await outbox.goOn(trx, { system: SYSTEM, key: task.id })
        await audit.record(trx, who, { action: 'ngs.order-ids', target: task.task_id, detail: finding })
        const answer = { task_id: task.task_id, ngs_oid: finding.oId, ngs_task_id: finding.taskId }
        await once.save(trx, answer)
        return answer
      }),
  }
}

export type NgsOrders = ReturnType<typeof createNgsOrders>

/** Where ngs and our tasks disagree, as far as we know without asking. */
export function createNgsDrift({ repository, now }: { repository: NgsSyncRepository; now: () => Date }) {
  return {
    /** `q` is looked for in the numbers and the company. */
    async list({ q, ...page }: { q?: string; page: number; size: number }) {
      const late = new Date(now().getTime() - LATE_MS)
      const { rows, total } = await repository.drift({ late, q }, page)
      const entries = await repository.entries(rows.map(({ id }) => id))
      const list = rows.map((task) =>
        toDrift(
          task,
          entries.filter((entry: Pick<OutboxRow, 'key'>) => entry.key === task.id),
        ),
      )
      return toPage(list, total, page)
    },
  }
}

export type NgsDrift = ReturnType<typeof createNgsDrift>
