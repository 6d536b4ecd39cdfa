import Taro from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import type { StaffUser } from '@shared/api/staff'
import { STEP } from '@shared/task-types'
import { NoticeBar } from '@/components/notice-bar'
import { progressOf, type Progress } from '@/shared/progress'
import { ROUTES } from '@/shared/routes'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'

interface Hint {
  tone: 'info' | 'warn' | 'danger'
  icon?: 'clock' | 'location' | 'logout'
  text: string
  opens?: 'checkin' | 'checkout'
}

const WAITING = '方案已提交，等待客户确认。客户确认后进入“服务执行”，退回则回到“方案报价”'

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
  if (order.status === 'cancelled') return { tone: 'danger', text: '工单已取消，请勿前往' }
  const mine = order.worker_id === me?.id && order.assignment_status !== 'ASSIGNED'
  if (mine && progress.visit === 'CHECKED_IN' && progress.step >= STEP.done)
    return { tone: 'warn', icon: 'logout', text: '服务已完成，离开前请签退', opens: 'checkout' }
  if (progress.step === STEP.done) return { tone: 'info', text: '服务已完成，等待客户评价' }
  if (progress.step === STEP.confirmation) return { tone: 'warn', icon: 'clock', text: waitingFor(mine, progress) }
  return mine && order.status === 'open' ? checkinHint(progress) : null
}

function waitingFor(mine: boolean, { visit }: Progress): string {
  if (!mine) return `${WAITING}；客户迟迟没有答复时，可以致电提醒`
  return visit === 'CHECKED_IN' ? `${WAITING}；现在可以补充说明，离场请签退` : `${WAITING}；再次到场请先签到`
}

/** Work on site is only believed after a check-in of its own visit. */
function checkinHint({ step, visit }: Progress): Hint | null {
  if (visit === 'CHECKED_IN' || step < STEP.dispatched || step >= STEP.done) return null
  if (visit === 'NONE') return { tone: 'info', icon: 'location', text: '到达现场后，请先签到', opens: 'checkin' }
  const text = step === STEP.execution ? '客户已同意方案，再次到场请先签到' : '上次到场已签退，再次到场请先签到'
  return { tone: 'warn', icon: 'location', text, opens: 'checkin' }
}
