import { useEffect, useRef } from 'react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { usePosition, type LivePosition } from '@/components/location-problem/use-position'
import { distanceMeters, type Position } from '@shared/geo'
import { drawnPosition, type ReportedFix } from '@/services/location'
import { enqueue } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { adviceFor, measureHere, rulesOf, standingNow, standingRefusal, type Advice, type Standing } from './advice'
import { CHECKIN_TEXTS as T } from './texts'
import { usePrecheck } from './use-precheck'

export interface Here {
  position: LivePosition
  online: boolean
  /** In the site's coordinate system, to draw it. */
  drawn: (Position & { accuracy: number }) | null
  site: Position | null
  standing: Standing | null
  advice: Advice | null
  /** Why one cannot check in from here; '' when one can, or when it cannot be told without network. */
  problem: string
  /** Why the server says nothing, when it is not the network. */
  error: string
}

/** Where the phone is, what the server makes of it and, without network, what the phone makes of it itself. */
export function useStanding(order: WorkOrderDetail): Here {
  const position = usePosition()
  const hasNetwork = useNetwork((network) => network.online)
  const { fix } = position
  const check = usePrecheck(order.id, fix, hasNetwork)
  const online = hasNetwork && !check.offline
  useFixesOnTheWay(order, fix, online)
  const { site } = rulesOf(order, online)
  const drawn = fix && { ...drawnPosition(fix), accuracy: fix.accuracy }
  const base = { position, online, drawn, site, error: check.error }
  if (!fix || !drawn) return { ...base, standing: null, advice: null, problem: '' }
  const answer = online && check.answer
  const moved = answer ? { decision: answer.decision, movedMeters: distanceMeters(answer.at, fix) } : null
  return { ...base, ...judge(order, { drawn, site, online, moved }) }
}

interface Seen {
  drawn: Position & { accuracy: number }
  site: Position | null
  online: boolean
  moved: Parameters<typeof standingNow>[1]
}

function judge(
  order: WorkOrderDetail,
  { drawn, site, online, moved }: Seen,
): Pick<Here, 'standing' | 'advice' | 'problem'> {
  const measured = measureHere(order, drawn, online)
  const standing = online
    ? standingNow(measured, moved)
    : { ...measured, reasonCode: standingRefusal(order) ?? measured.reasonCode }
  const advice = adviceFor(standing, drawn, site)
  // Without network and without a known site nobody can tell: the check-in is kept and judged later.
  const untold = !online && standing.reasonCode === 'SERVICE_LOCATION_MISSING'
  const problem = standing.reasonCode === 'OK' || untold ? '' : advice.text
  return { standing, advice: online ? advice : offlineWords(advice, order), problem }
}

function offlineWords(advice: Advice, order: WorkOrderDetail): Advice {
  if (advice.tone === 'danger' && standingRefusal(order)) return advice
  if (!order.offline_ticket) return { ...advice, tone: 'warn', text: T.offlineUnknown }
  return advice.tone === 'ok' ? { ...advice, text: T.offlineInside } : advice
}

const FIX_EVERY_MS = 120_000

/** Without network the way to the site is kept, too: a position every two minutes. */
function useFixesOnTheWay(order: WorkOrderDetail, fix: ReportedFix | null, online: boolean): void {
  const lastMs = useRef(0)
  useEffect(() => {
    if (online || !fix || order.assignment_status !== 'ACCEPTED' || Date.now() - lastMs.current < FIX_EVERY_MS) return
    lastMs.current = Date.now()
    enqueue({
      kind: 'fix',
      order,
      payload: { workOrderId: order.id, ...fix },
      capturedAt: fix.reportedAt ?? undefined,
    }).catch(() => undefined)
  }, [order, fix, online])
}
