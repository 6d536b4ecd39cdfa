import type { Page } from '../../../types/api/common'
import type {
  AudienceKind,
  Notification,
  SubscriptionChoice,
  SubscriptionTemplates,
} from '../../../types/api/notifications'
import type { MessageTemplates } from '../../config/messages'
import { TEMPLATE_EVENTS } from '../../config/messages'
import type { Database, Db } from '../../db/database'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import type { CurrentCustomers } from '../customers/current'
import type { Publisher } from '../live/service'
import type { Once } from '../idempotency/service'
import type { NewEvent } from '../work-order-events/service'
import { type AlarmEvent, entryOf, type NoticeEvent, type Telling } from './catalog'
import type { Courier } from './courier'
import { type Announced, factsOf } from './facts'
import { type Notice, noticesOf } from './notices'
import type { LogRow, NotificationRepository, NotificationRow, Recipient } from './repository'

const MAX_CONTENT = 500
/** `wx.requestSubscribeMessage` takes three. */
const MAX_ASKED = 3

export interface NewNotification {
  event: string
  title: string
  content: string
  taskId: string | null
}

/** One event to be told of, whoever the audience is. */
interface Message {
  source: string
  event: NoticeEvent
  content: string
  /** Where the work is, for those who go there. */
  site: string
  task: Announced | null
  facts: object
}

export interface NotificationServiceDeps {
  repository: NotificationRepository
  customers: Pick<CurrentCustomers, 'current'>
  courier: Courier
  templates: MessageTemplates
  live: Publisher
  transaction: Database['transaction']
  now: () => Date
}

const ROLES = { dispatcher: 'HOMECARE_DISPATCHER', admin: 'ADMIN' } as const

export function createNotificationService(deps: NotificationServiceDeps) {
  const { repository, customers, courier, templates, live, transaction, now } = deps

  async function insert(trx: Db, audience: string, { event, title, content, taskId }: NewNotification): Promise<void> {
    const id = newId()
    await repository.insert(
      {
        id,
        audience,
        event,
        title,
        content: content.slice(0, MAX_CONTENT),
        task_id: taskId,
        read_at: null,
        create_time: now(),
      },
      trx,
    )
    if (audience.startsWith('staff:'))
      live.publishAfter(trx, { topic: 'notification', id, event, work_order_id: taskId })
  }

  async function recipientsOf(trx: Db, kind: AudienceKind, { task }: Message, { workerId }: Pick<Notice, 'workerId'>) {
    if (kind === 'dispatcher' || kind === 'admin') {
      const staff = await repository.staffOf(ROLES[kind], trx)
      // Where nobody dispatches, the admins do.
      return staff.length > 0 ? staff : repository.staffOf('ADMIN', trx)
    }
    if (!task) return []
    if (kind === 'customer') return [await repository.recipient(`customer:${task.customer_id}`, trx)]
    const worker = workerId ?? task.worker_id
    return worker ? [await repository.recipient(`staff:${worker}`, trx)] : []
  }

  /** The inbox entry, the log, and what is owed to a channel outside; nothing where this was told before. */
  async function tellOne(trx: Db, message: Message, telling: Telling, to: { kind: AudienceKind; who: Recipient }) {
    const { event, source, task, facts } = message
    const content = (telling.about === 'site' ? message.site : message.content).slice(0, MAX_CONTENT)
    const row: LogRow = {
      id: newId(),
      source,
      event,
      audience_kind: to.kind,
      audience: to.who.audience,
      audience_name: to.who.name.slice(0, 100),
      title: telling.title,
      content,
      facts: JSON.stringify(to.kind === 'customer' || !task ? facts : {}),
      work_order_id: task?.id ?? null,
      task_id: task?.task_id ?? null,
      channel: 'inbox',
      outcome: 'sent',
      attempts: '[]',
      create_time: now(),
      update_time: now(),
    }
    if (await courier.start(trx, row, to.who))
      await insert(trx, to.who.audience, { event, title: telling.title, content, taskId: task?.id ?? null })
  }

  async function tell(trx: Db, message: Message, notice: Omit<Notice, 'event'>, by: { kind: string; id: string }) {
    for (const [kind, telling] of Object.entries(entryOf(message.event).to) as [AudienceKind, Telling][]) {
      if (notice.only && notice.only !== kind) continue
      if (telling.by && telling.by !== by.kind) continue
      for (const who of await recipientsOf(trx, kind, message, notice))
        if (who.audience !== `${by.kind}:${by.id}`) await tellOne(trx, message, telling, { kind, who })
    }
  }

  return {
    /** Keeps the ledger of `wx.requestSubscribeMessage` answers. */
    async recordChoices(
      customerId: number,
      results: Record<string, SubscriptionChoice>,
      once: Once,
    ): Promise<{ accepted: number }> {
      const accepted = Object.entries(results).filter(([, choice]) => choice === 'accept')
      return transaction(async (trx) => {
        const { id } = await customers.current(trx, customerId)
        for (const [templateId] of accepted) await repository.grant({ customerId: id, templateId, time: now() }, trx)
        const answer = { accepted: accepted.length }
        await once.save(trx, answer)
        return answer
      })
    },

    /** Which subscribe messages a customer is to be asked for in a tap. */
    templatesToAskFor(): SubscriptionTemplates {
      const wanted = TEMPLATE_EVENTS.flatMap((event) => templates[event]?.templateId ?? [])
      return { template_ids: [...new Set(wanted)].slice(0, MAX_ASKED) }
    },

    /** Puts a message into somebody's inbox and nowhere else. */
    add: insert,

    /**
     * Tells everybody concerned what happened to a work order, in the transaction in which it did and after the event
     * was appended to the chain: its number there makes the message once-only.
     */
    async announce(trx: Db, task: Announced, event: NewEvent & { text: string }): Promise<void> {
      const site = `${task.task_id} ${task.customer_company} ${task.customer_address}`
      for (const notice of noticesOf(event)) {
        const text = notice.text ?? event.text
        const worker = task.worker_id && templates[notice.event as keyof MessageTemplates]
        const moment = { text, now: now(), worker: worker ? await repository.worker(task.worker_id!, trx) : null }
        const message: Message = {
          source: `${task.id}#${task.event_seq}`,
          event: notice.event,
          content: `${task.task_id} ${text}`,
          site,
          task,
          facts: factsOf(task, moment),
        }
        await tell(trx, message, notice, event.actor)
      }
    },

    /**
     * Tells the admins that a person is needed. `source` names the occurrence: the same one is told once.
     * `exceptSession` is the wxwork account that cannot bring the message, being what it is about.
     */
    async alarm(
      trx: Db,
      event: AlarmEvent,
      { source, content, exceptSession }: { source: string; content: string; exceptSession?: string },
    ): Promise<void> {
      const facts = exceptSession ? { exceptSession } : {}
      const message: Message = { source, event, content, site: content, task: null, facts }
      await tell(trx, message, {}, { kind: 'system', id: '' })
    },

    /** The inbox, newest first; `toTime` is the family's way to write an instant. */
    async list(
      audience: string,
      page: { page: number; size: number },
      toTime: (instant: Date) => string,
    ): Promise<Page<Notification>> {
      const { rows, total } = await repository.list(audience, page)
      await repository.markRead(
        rows.filter((row) => !row.read_at).map((row) => row.id),
        now(),
      )
      return toPage(
        rows.map((row) => toView(row, toTime)),
        total,
        page,
      )
    },
  }
}

export type NotificationService = ReturnType<typeof createNotificationService>

function toView(row: NotificationRow, toTime: (instant: Date) => string): Notification {
  const { id, event, title, content, task_id, read_at, create_time } = row
  return { id, event, title, content, task_id, read: read_at !== null, create_time: toTime(create_time) }
}
