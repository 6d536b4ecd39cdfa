import { useCallback, useEffect, useState } from 'react'
import { watchLocation, type LocationProblem, type ReportedFix } from '@/services/location'
import { useConsent } from '@/stores/consent'

export interface LivePosition {
  /** The newest position; null until the first one comes. */
  fix: ReportedFix | null
  problem: LocationProblem | null
  restart: () => void
}

/** Positions as they come while the page is open and `wanted`. No position is asked for before the consent. */
export function usePosition(wanted = true): LivePosition {
  const agreed = useConsent((consent) => consent.agreed)
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Pick<LivePosition, 'fix' | 'problem'>>({ fix: null, problem: null })
  useEffect(() => {
    if (!wanted || !agreed) return undefined
    return watchLocation(
      (fix) => setState({ fix, problem: null }),
      ({ problem }) => setState((before) => ({ ...before, problem })),
    )
  }, [wanted, agreed, turn])
  const restart = useCallback(() => {
    setState((before) => ({ ...before, problem: null }))
    setTurn((before) => before + 1)
  }, [])
  return { ...state, restart }
}
