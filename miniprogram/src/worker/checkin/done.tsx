import Taro from '@tarojs/taro'
import { Button } from '@/components/button'
import { Outcome, type OutcomeProps } from '@/components/outcome'
import { formatDistance } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { backToOrder } from '../back-to-order'
import { CHECKIN_TEXTS as T } from './texts'

interface DoneProps {
  orderId: string
  state: 'done' | 'delivered' | 'queued' | 'already'
  distanceMeters?: number
  /** Why the server refused what was queued. */
  refusal?: string
}

/** What became of the check-in, and where to go on. */
export function CheckinDone({ orderId, state, distanceMeters, refusal }: DoneProps) {
  return (
    <Outcome {...wordsOf({ state, distanceMeters, refusal })}>
      {refusal ? (
        <Button block onClick={() => void Taro.redirectTo({ url: ROUTES.queue })}>
          {T.toQueue}
        </Button>
      ) : (
        <Button block onClick={() => void Taro.redirectTo({ url: ROUTES.steps(orderId) })}>
          {T.toSteps}
        </Button>
      )}
      <Button block variant="secondary" onClick={() => backToOrder(orderId)}>
        {T.toOrder}
      </Button>
    </Outcome>
  )
}

function wordsOf({ state, distanceMeters, refusal }: Omit<DoneProps, 'orderId'>): OutcomeProps {
  if (refusal) return { tone: 'danger', title: T.refusedLater, hint: refusal }
  if (state === 'queued') return { tone: 'warn', title: T.queued, hint: T.queuedHint }
  if (state === 'already') return { tone: 'ok', title: T.alreadyIn, hint: T.alreadyInHint }
  const hint = distanceMeters === undefined ? T.alreadyInHint : T.checkedInAt(formatDistance(distanceMeters))
  return { tone: 'ok', title: T.checkedIn, hint }
}
