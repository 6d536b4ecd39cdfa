import { useEffect, useRef, useState } from 'react'
import type { CheckinDecision } from '@shared/api/homecare'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { distanceMeters, type Position } from '@shared/geo'
import { precheck } from '@/services/checkin'
import type { ReportedFix } from '@/services/location'

/** The server takes 30 a minute; half of that leaves room for two phones and a second page. */
const PAUSE_MS = 4000
const SAME_PLACE_METERS = 2
const STALE_MS = 20_000

export interface Precheck {
  answer: { decision: CheckinDecision; at: Position } | null
  /** True when the last try met no server. */
  offline: boolean
  /** Why the server gave no answer, when it is not the network. */
  error: string
}

/** Asks the server about the newest position, no more often than it allows, and not twice for the same place. */
export function usePrecheck(workOrderId: string, fix: ReportedFix | null, wanted: boolean): Precheck {
  const [state, setState] = useState<Precheck>({ answer: null, offline: false, error: '' })
  const newest = useRef(fix)
  const asked = useRef<{ fix: ReportedFix; atMs: number } | null>(null)
  useEffect(() => {
    newest.current = fix
  }, [fix])

  useEffect(() => {
    if (!wanted) return undefined
    let open = true
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      const current = newest.current
      let pauseMs = PAUSE_MS
      if (current && isNews(current, asked.current)) {
        asked.current = { fix: current, atMs: Date.now() }
        const next = await answerTo(workOrderId, current)
        if (!open) return
        setState((before) => ({ ...before, ...next.state }))
        pauseMs = Math.max(PAUSE_MS, next.waitMs)
      }
      timer = setTimeout(() => void ask(), current ? pauseMs : 300)
    }
    void ask()
    return () => {
      open = false
      clearTimeout(timer)
    }
  }, [workOrderId, wanted])
  return state
}

function isNews(fix: ReportedFix, last: { fix: ReportedFix; atMs: number } | null): boolean {
  if (!last || Date.now() - last.atMs > STALE_MS) return true
  return distanceMeters(last.fix, fix) > SAME_PLACE_METERS || Math.abs(last.fix.accuracy - fix.accuracy) > 5
}

async function answerTo(workOrderId: string, fix: ReportedFix): Promise<{ state: Partial<Precheck>; waitMs: number }> {
  try {
    const decision = await precheck({ workOrderId, ...fix })
    return { state: { answer: { decision, at: fix }, offline: false, error: '' }, waitMs: 0 }
  } catch (error) {
    const cause = error instanceof ApiError ? error : null
    if (cause?.isOffline) return { state: { offline: true, error: '' }, waitMs: 0 }
    if (cause?.kind === 'rate-limited') return { state: {}, waitMs: (cause.retryAfterSeconds ?? 10) * 1000 }
    return { state: { offline: false, error: errorText(error) }, waitMs: 0 }
  }
}
