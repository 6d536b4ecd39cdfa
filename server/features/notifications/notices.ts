import type { AudienceKind } from '../../../types/api/notifications'
import { STEP } from '../../../types/task-types'
import type { EventType } from '../work-order-events/catalog'
import type { NewEvent } from '../work-order-events/service'
import { CATALOG, type NoticeEvent } from './catalog'

const LOW_RATING = 2

export interface Notice {
  event: NoticeEvent
  /** In place of the order's present worker. */
  workerId?: string
  /** Only this audience. */
  only?: AudienceKind
  /** In place of the event's own text. */
  text?: string
}

/** Events that mean something else to people than their own name, or more than that. */
const MEANINGS: Partial<Record<EventType, (event: Required<NewEvent>) => Notice[]>> = {
  STEP_ENTERED: ({ payload: { step } }) => {
    if (step === STEP.confirmation) return [{ event: 'PLAN_TO_CONFIRM' }]
    return [{ event: step === STEP.done ? 'DONE' : 'STEP_ENTERED' }]
  },
  REJECTED: ({ actor, payload }) => [{ event: 'REJECTED', text: `${actor.name}退回：${String(payload.reason)}` }],
  REASSIGNED: ({ payload }) => [
    { event: 'REASSIGNED', workerId: String(payload.former_worker_id) },
    { event: 'DISPATCHED', only: 'worker' },
  ],
  CHECKED_IN: ({ actor, payload: { flags } }) => {
    const flagged = Array.isArray(flags) && flags.length > 0
    const doubt: Notice = { event: 'VISIT_FLAGGED', text: `${actor.name}的签到有待核实` }
    return [{ event: 'CHECKED_IN' }, ...(flagged ? [doubt] : [])]
  },
  EVALUATED: ({ payload: { overall } }) => {
    const low: Notice = { event: 'EVALUATED_LOW', text: `总体评分 ${String(overall)} 分` }
    return [{ event: 'EVALUATED' }, ...(Number(overall) <= LOW_RATING ? [low] : [])]
  },
}

/** What an event of a work order means to people; nothing where nobody need know. */
export function noticesOf({ type, actor, payload = {} }: NewEvent): Notice[] {
  const meaning = MEANINGS[type]
  if (meaning) return meaning({ type, actor, payload })
  return Object.hasOwn(CATALOG, type) ? [{ event: type as NoticeEvent }] : []
}
