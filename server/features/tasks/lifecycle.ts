import type { Updateable } from 'kysely'
import { STEP, STEP_LABELS } from '../../../types/task-types'
import type { Db } from '../../db/database'
import type { TaskTable } from '../../db/schema'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { PartnerSync } from '../ngs-sync/service'
import type { NotificationService } from '../notifications/service'
import type { EventType } from '../work-order-events/catalog'
import type { Actor, EventService, NewEvent } from '../work-order-events/service'
import type { TaskRepository, TaskRow } from './repository'

export interface StepEntry {
  step: number
  description: string
  actor: Actor
  event: EventType
  payload?: Record<string, unknown>
  changes?: Updateable<TaskTable>
}

export interface TaskLifecycleDeps {
  repository: TaskRepository
  events: EventService
  notifications: NotificationService
  /** Who is told of what happens to a work order, later and outside of us. */
  partners: PartnerSync
  now: () => Date
}

/**
 * What every feature that moves a work order uses: lock it, write its step record and its event, in one transaction.
 * Rules about who may move what from where stand in the features.
 */
export function createTaskLifecycle(deps: TaskLifecycleDeps) {
  const { repository, events, notifications, partners, now } = deps

  /** The event, the inbox entries of those it concerns, and what is owed to partners. */
  async function tell(trx: Db, task: TaskRow, event: NewEvent & { text: string }): Promise<void> {
    const { text: _text, ...entry } = event
    await events.append(trx, task, entry)
    await notifications.announce(trx, task, event)
    await partners.owe(trx, task, { type: event.type, text: String(event.payload?.text ?? '') })
  }

  return {
    /** Locks a work order until the transaction ends. @throws AppError NOT_FOUND */
    async lock(trx: Db, id: string): Promise<TaskRow> {
      const task = await repository.lock(trx, id, now())
      if (!task) throw new AppError('NOT_FOUND', { message: '工单不存在' })
      return task
    },

    /** Step records of a work order, oldest first. */
    steps: repository.steps,

    /** @throws AppError TASK_CLOSED */
    assertOpen(task: TaskRow): void {
      if (task.status !== 'open') throw new AppError('TASK_CLOSED')
    },

    /** Writes a step record and its event; moves the task when the step differs. @returns the record's id, for files */
    async record(
      trx: Db,
      task: TaskRow,
      { step, description, actor, event, payload, changes }: StepEntry,
    ): Promise<string> {
      const id = newId()
      await repository.insertStep(trx, {
        id,
        task_id: task.id,
        step_index: step,
        description,
        author_kind: actor.kind,
        author_id: actor.id,
        author_name: actor.name,
        create_time: now(),
      })
      const from = task.current_step
      if (step !== from || changes) await repository.update(trx, task.id, { ...changes, current_step: step })
      Object.assign(task, changes, { current_step: step })
      await tell(trx, task, {
        type: event,
        actor,
        text: `${STEP_LABELS[step]}：${description}`,
        payload: { from, step, label: STEP_LABELS[step], text: description, ...payload },
      })
      return id
    },

    /** An event that moves no step. */
    async note(
      trx: Db,
      task: TaskRow,
      entry: Omit<StepEntry, 'step' | 'description'> & { text?: string },
    ): Promise<void> {
      if (entry.changes) await repository.update(trx, task.id, entry.changes)
      Object.assign(task, entry.changes)
      const payload = { ...(entry.text ? { text: entry.text } : {}), ...entry.payload }
      await tell(trx, task, { type: entry.event, actor: entry.actor, payload, text: entry.text ?? '' })
    },
  }
}

export type TaskLifecycle = ReturnType<typeof createTaskLifecycle>

const REMIND_PAUSE_MS = 3600 * 1000

/** What the customer may do with a task now. */
export function customerActions(task: TaskRow, now: Date) {
  const isOpen = task.status === 'open'
  return {
    can_confirm: isOpen && task.current_step === STEP.confirmation,
    can_evaluate: isOpen && task.current_step === STEP.done,
    can_cancel: isOpen && task.current_step < STEP.execution,
    can_remind:
      isOpen &&
      task.current_step < STEP.done &&
      (!task.reminded_at || now.getTime() - task.reminded_at.getTime() >= REMIND_PAUSE_MS),
  }
}

/** Seconds until the customer may remind again. */
export const remindableIn = (task: Pick<TaskRow, 'reminded_at'>, now: Date): number =>
  Math.max(1, Math.ceil(((task.reminded_at?.getTime() ?? 0) + REMIND_PAUSE_MS - now.getTime()) / 1000))
