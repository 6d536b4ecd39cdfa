import Taro from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import type { StaffUser } from '@shared/api/staff'
import { STEP } from '@shared/task-types'
import { NoticeBar } from '@/components/notice-bar'
import { progressOf, type Progress } from '@/shared/progress'
import { ROUTES } from '@/shared/routes'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import { NEXT_STEP_TEXTS as T } from './texts'

interface Hint {
  tone: 'info' | 'warn' | 'danger'
  icon?: 'clock' | 'location' | 'logout'
  text: string
  opens?: 'checkin' | 'checkout'
}

/** What comes next at an order, and for its worker the way there in one tap. */
export function NextStep({ order }: { order: WorkOrderDetail }) {
  const queue = useQueue((state) => state.entries)
  const me = useSession((session) => session.staff?.user)
  const hint = hintOf(order, progressOf(order, queue), me)
  if (!hint) return null
  const { opens, ...words } = hint
  const go = opens && (() => void Taro.navigateTo({ url: ROUTES[opens](order.id) }))
  return <NoticeBar {...words} onClick={go} />
}

function hintOf(order: WorkOrderDetail, progress: Progress, me?: StaffUser): Hint | null {
  if (order.status === 'cancelled') return { tone: 'danger', text: T.cancelled }
  const mine = order.worker_id === me?.id && order.assignment_status !== 'ASSIGNED'
  if (mine && progress.visit === 'CHECKED_IN' && progress.step >= STEP.done)
    return { tone: 'warn', icon: 'logout', text: T.checkout, opens: 'checkout' }
  if (progress.step === STEP.done) return { tone: 'info', text: T.evaluation }
  if (progress.step === STEP.confirmation) return { tone: 'warn', icon: 'clock', text: waitingFor(mine, progress) }
  return mine && order.status === 'open' ? checkinHint(progress) : null
}

function waitingFor(mine: boolean, { visit }: Progress): string {
  if (!mine) return T.waiting + T.remind
  return T.waiting + (visit === 'CHECKED_IN' ? T.leave : T.comeBack)
}

/** Work on site is only believed after a check-in of its own visit. */
function checkinHint({ step, visit }: Progress): Hint | null {
  if (visit === 'CHECKED_IN' || step < STEP.dispatched || step >= STEP.done) return null
  if (visit === 'NONE') return { tone: 'info', icon: 'location', text: T.checkin, opens: 'checkin' }
  const text = step === STEP.execution ? T.agreed : T.again
  return { tone: 'warn', icon: 'location', text, opens: 'checkin' }
}
