import type { Page } from '../../../types/api/common'
import type { Notification, SubscriptionChoice } from '../../../types/api/notifications'
import type { Database, Db } from '../../db/database'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import type { Publisher } from '../live/service'
import type { Once } from '../idempotency/service'
import type { EventType } from '../work-order-events/catalog'
import { CUSTOMER_TITLES, WORKER_TITLES } from './catalog'
import type { NotificationRepository, NotificationRow } from './repository'

const MAX_CONTENT = 500

export interface NewNotification {
  event: string
  title: string
  content: string
  taskId: string | null
}

/** The part of a work order an inbox entry is made from. */
export interface Announced {
  id: string
  task_id: string
  customer_id: number
  worker_id: string | null
}

export function createNotificationService({
  repository,
  live,
  transaction,
  now,
}: {
  repository: NotificationRepository
  live: Publisher
  transaction: Database['transaction']
  now: () => Date
}) {
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

  return {
    /** Keeps the ledger of `wx.requestSubscribeMessage` answers. */
    async recordChoices(
      customerId: number,
      results: Record<string, SubscriptionChoice>,
      once: Once,
    ): Promise<{ accepted: number }> {
      const accepted = Object.entries(results).filter(([, choice]) => choice === 'accept')
      return transaction(async (trx) => {
        for (const [templateId] of accepted) await repository.grant({ customerId, templateId, time: now() }, trx)
        const answer = { accepted: accepted.length }
        await once.save(trx, answer)
        return answer
      })
    },

    /** Puts a message into somebody's inbox, in the transaction of what it tells about. */
    add: insert,

    /** Tells the customer what staff did, and the worker what the customer did. */
    async announce(
      trx: Db,
      task: Announced,
      { event, byCustomer, text }: { event: EventType; byCustomer: boolean; text: string },
    ): Promise<void> {
      const title = byCustomer ? WORKER_TITLES[event] : CUSTOMER_TITLES[event]
      const audience = byCustomer ? task.worker_id && `staff:${task.worker_id}` : `customer:${task.customer_id}`
      if (!title || !audience) return
      await insert(trx, audience, { event, title, content: `${task.task_id} ${text}`, taskId: task.id })
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
