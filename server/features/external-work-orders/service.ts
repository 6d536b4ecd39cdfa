import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import type { AuditService } from '../audit/service'
import type { CustomerAdmin } from '../customers/admin'
import type { ExternalSessionService } from '../external-sessions/service'
import type { ExternalSystemService } from '../external-systems/service'
import type { Once } from '../idempotency/service'
import type { Publisher } from '../live/service'
import type { TaskImport } from '../tasks/import'
import { Pull, PullInterrupted, PullLost } from './pull'
import type { ExternalWorkOrderRepository, OrderFilter, PullRow } from './repository'
import type { ImportInput } from './schema'
import { emptyRun, toOrder, toRun, toTask } from './views'

const LEASE_MS = 15_000
const RENEW_MS = 5_000
const MAX_ERROR = 500
/** Whose task it is when the admin names no customer; made when first needed. */
export const EXTERNAL_CUSTOMER = '外部工单'

export interface ExternalWorkOrderDeps {
  repository: ExternalWorkOrderRepository
  systems: ExternalSystemService
  sessions: ExternalSessionService
  taskImport: TaskImport
  customers: Pick<CustomerAdmin, 'get' | 'getNamed'>
  audit: AuditService
  transaction: Database['transaction']
  live: Publisher
  log: { warn(facts: object, message: string): void; info(facts: object, message: string): void }
  now: () => Date
}

/** Pulls work orders of external systems and imports them as tasks. */
export function createExternalWorkOrderService(deps: ExternalWorkOrderDeps) {
  const { repository, systems, sessions, audit, transaction, live, log, now } = deps
  const running = new Map<string, Promise<void>>()
  let stopping = false

  async function queue(systemName: string, requestedBy: string | null, save: (trx: Db, id: string) => Promise<void>) {
    const system = await systems.get(systemName)
    const account = await sessions.firstAccount(system.system_name)
    if (!account) throw new AppError('NOT_FOUND', { message: '该外部系统没有账号' })
    const underWay = await repository.liveRun(system.system_name)
    if (underWay) return underWay.id
    const id = newId()
    try {
      await transaction(async (trx) => {
        await repository.insertRun(
          {
            ...emptyRun(id, now()),
            system_name: system.system_name,
            account,
            live_key: system.system_name,
            watermark: system.watermark,
            requested_by: requestedBy,
          },
          trx,
        )
        await save(trx, id)
        live.publishAfter(trx, { topic: 'pull', id, event: 'QUEUED' })
      })
      return id
    } catch (error) {
      const other = isUniqueViolation(error) ? await repository.liveRun(system.system_name) : null
      if (!other) throw error
      return other.id
    }
  }

  /** Works at a pull in the background, unless somebody does. */
  function start(id: string): Promise<void> {
    const found = running.get(id)
    if (found || stopping) return found ?? Promise.resolve()
    const work = perform(id)
      .catch((error: unknown) => log.warn({ err: error, run: id }, 'pull failed'))
      .finally(() => running.delete(id))
    running.set(id, work)
    return work
  }

  async function perform(id: string): Promise<void> {
    const lease = { id, owner: newId(), now: now(), until: new Date(now().getTime() + LEASE_MS) }
    const run = await repository.takeRun(lease)
    if (!run) return
    const extend = () => repository.holdRun(run, { lease_until: new Date(now().getTime() + LEASE_MS) })
    const renewal = setInterval(() => void extend().catch(() => {}), RENEW_MS).unref()
    try {
      if (!run.started_at) await repository.holdRun(run, { started_at: now() })
      const open = await systems.open(run.system_name)
      const watermark = await new Pull(deps, open, run, () => stopping).perform()
      await finish(run, { state: 'done', error: null })
      if (watermark && watermark !== open.system.watermark) await systems.update(open.system.id, { watermark })
      log.info({ system: run.system_name, run: id, seen: run.seen, created: run.created }, 'pull done')
    } catch (error) {
      if (error instanceof PullLost) return
      if (error instanceof PullInterrupted) await repository.holdRun(run, { lease_owner: null, lease_until: null })
      else await finish(run, { state: 'failed', error: (error as Error).message.slice(0, MAX_ERROR) })
    } finally {
      clearInterval(renewal)
    }
  }

  async function finish(run: PullRow, outcome: Pick<PullRow, 'state' | 'error'>): Promise<void> {
    const over = { ...outcome, live_key: null, lease_owner: null, lease_until: null, finished_at: now() }
    if (await repository.holdRun(run, over))
      live.publish({ topic: 'pull', id: run.id, event: outcome.state.toUpperCase() })
  }

  return {
    /** Starts a pull, or names the one under way. */
    async pull(who: StaffPrincipal, systemName: string, once: Once): Promise<{ run_id: string }> {
      const id = await queue(systemName, who.name, async (trx, runId) => {
        await audit.record(trx, who, { action: 'external.pull', target: systemName, detail: { run_id: runId } })
        await once.save(trx, { run_id: runId })
      })
      void start(id)
      return { run_id: id }
    },

    async runs({ page, size, system }: { page: number; size: number; system?: string }) {
      const { rows, total } = await repository.runs(system, { page, size })
      return toPage(rows.map(toRun), total, { page, size })
    },

    async run(id: string) {
      const row = await repository.findRun(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '拉取记录不存在' })
      return toRun(row)
    },

    /** By the clock: pulls that are due, and those a process left behind. */
    async resume(): Promise<{ started: number }> {
      for (const system of await systems.pullsDue()) {
        const next = new Date(now().getTime() + (system.pull_interval_seconds ?? 3600) * 1000)
        await systems.update(system.id, { next_pull_at: next })
        await queue(system.system_name, null, async () => {}).catch((error: unknown) =>
          log.warn({ err: error, system: system.system_name }, 'scheduled pull not started'),
        )
      }
      const orphans = await repository.orphans(now())
      for (const { id } of orphans) void start(id)
      return { started: orphans.length }
    },

    /** No further pages; what is under way goes on with the next start. */
    async stop(): Promise<void> {
      stopping = true
      await Promise.all(running.values())
    },

    async list({ page, size, ...filter }: OrderFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      return toPage(rows.map(toOrder), total, { page, size })
    },

    /** Makes a task of an order, once: asked again it names the same task. */
    async import(who: StaffPrincipal, id: string, { input, once }: { input: ImportInput; once: Once }) {
      const { customers, taskImport } = deps
      const time = await taskImport.prepare()
      return transaction(async (trx) => {
        const customer = await (input.customer_id
          ? customers.get(trx, input.customer_id)
          : customers.getNamed(trx, EXTERNAL_CUSTOMER))
        const order = await repository.lockOrder(id, trx)
        if (!order) throw new AppError('NOT_FOUND', { message: '外部工单不存在' })
        if (order.task_id && order.task_number)
          return { work_order_id: order.task_id, task_id: order.task_number, created: false }
        const { system_name, external_no } = order
        const task = await taskImport.insert(trx, toTask(order, customer, input), {
          actor: { kind: 'staff', id: who.id, name: who.name },
          time,
          payload: { system_name, external_no },
        })
        if (!(await repository.link(id, task, trx))) throw new AppError('CONFLICT')
        await audit.record(trx, who, {
          action: 'external.import',
          target: `${order.system_name} ${order.external_no}`,
          detail: { task_id: task.task_id },
        })
        const answer = { work_order_id: task.id, task_id: task.task_id, created: true }
        await once.save(trx, answer)
        return answer
      })
    },
  }
}

export type ExternalWorkOrderService = ReturnType<typeof createExternalWorkOrderService>
