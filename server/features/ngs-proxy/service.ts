import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Ngs } from '../../connectors/ngs'
import type { NgsHeaders, NgsOperation } from '../../connectors/ngs/constants'
import type { Database } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { Once } from '../idempotency/service'

export interface NgsProxyDeps {
  ngs: Ngs | null
  transaction: Database['transaction']
}

export interface ProxiedRequest {
  /** JSON text as the caller sent it. */
  body: string
  headers: NgsHeaders
  traceId: string
  once: Once
}

/** ngs for programs of the staff's: the same operations and fields, our checks before and our sentences after. */
export function createNgsProxy({ ngs, transaction }: NgsProxyDeps) {
  return {
    /**
     * ngs-work-orders.md. @returns `value`
     * @throws AppError UPSTREAM_DISABLED, UPSTREAM_REFUSED, UPSTREAM_DOWN, UPSTREAM_OUTCOME_UNKNOWN, UPSTREAM_FAILED,
     * RATE_LIMITED
     */
    async execute(operation: NgsOperation, { once, ...request }: ProxiedRequest): Promise<unknown> {
      if (!ngs) throw new AppError('UPSTREAM_DISABLED', { message: 'ngs 工单系统尚未配置' })
      // A repeat under the same key must not carry out again what may have been carried out, even if we end here.
      await transaction((trx) => once.hold(trx, new AppError('UPSTREAM_OUTCOME_UNKNOWN')))
      const value = await ngs.execute(operation, request).catch(async (error: unknown) => {
        const refusal = translate(error)
        if (refusal.code !== 'UPSTREAM_OUTCOME_UNKNOWN') await transaction((trx) => once.release(trx))
        throw refusal
      })
      await transaction((trx) => once.save(trx, value))
      return value
    },
  }
}

export type NgsProxy = ReturnType<typeof createNgsProxy>

function translate(error: unknown): AppError {
  if (!(error instanceof UpstreamError)) throw error
  const options = { cause: error }
  switch (error.kind) {
    case 'rejected':
      return new AppError('UPSTREAM_REFUSED', options)
    case 'unavailable':
      return new AppError('UPSTREAM_DOWN', { ...options, retryAfterSeconds: 5 })
    case 'rate-limited':
      return new AppError('RATE_LIMITED', { ...options, message: '合作系统繁忙，请稍后再试', retryAfterSeconds: 5 })
    case 'unknown-outcome':
      return new AppError('UPSTREAM_OUTCOME_UNKNOWN', options)
    default:
      return new AppError('UPSTREAM_FAILED', options)
  }
}
