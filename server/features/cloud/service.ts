import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import { cloudSigningText } from '../../../types/cloud'
import { AppError } from '../../errors/app-error'
import type { CloudRepository } from './repository'

const MAX_SKEW_MS = 5 * 60_000
/** A nonce is kept until no clock within the skew could still bring it. */
const NONCE_LIFETIME_MS = 4 * MAX_SKEW_MS
const NONCE = /^[0-9a-f]{32}$/

export interface SignedCall {
  method: string
  path: string
  /** As received. */
  body: string
  timestamp: string
  nonce: string
  signature: string
}

type Refusal = 'unsigned' | 'late' | 'forged' | 'replayed'

export interface CloudServiceDeps {
  repository: CloudRepository
  /** `CLOUD_SHARED_SECRET`; empty: closed. */
  secret: string
  log: Logger
  now: () => Date
}

/** The door for cloud functions: only they know the secret, and none of their calls passes twice. */
export function createCloudService({ repository, secret, log, now }: CloudServiceDeps) {
  async function refusalOf(call: SignedCall): Promise<Refusal | null> {
    const { timestamp, nonce, signature } = call
    if (!/^\d{13}$/.test(timestamp) || !NONCE.test(nonce) || !/^[0-9a-f]{64}$/.test(signature)) return 'unsigned'
    if (!isGenuine(call, secret)) return 'forged'
    if (Math.abs(now().getTime() - Number(timestamp)) > MAX_SKEW_MS) return 'late'
    return (await repository.spendNonce(nonce, now())) ? null : 'replayed'
  }

  return {
    /** @throws AppError UPSTREAM_DISABLED without a secret, CLOUD_CALL_REFUSED for anything but a fresh genuine call */
    async verify(call: SignedCall): Promise<void> {
      if (!secret)
        throw new AppError('UPSTREAM_DISABLED', { message: '云函数通道尚未启用：服务端没有设置 CLOUD_SHARED_SECRET' })
      const refusal = await refusalOf(call)
      if (!refusal) return
      const skewSeconds = Math.round((now().getTime() - Number(call.timestamp)) / 1000) || null
      log.warn({ refusal, path: call.path, skewSeconds }, 'cloud call refused')
      throw new AppError('CLOUD_CALL_REFUSED')
    },

    pruneNonces: async (): Promise<{ removed: number }> => ({
      removed: await repository.removeNoncesBefore(new Date(now().getTime() - NONCE_LIFETIME_MS)),
    }),
  }
}

export type CloudService = ReturnType<typeof createCloudService>

function isGenuine({ signature, body, ...call }: SignedCall, secret: string): boolean {
  const bodyDigest = createHash('sha256').update(body).digest('hex')
  const expected = createHmac('sha256', secret)
    .update(cloudSigningText({ ...call, bodyDigest }))
    .digest()
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected)
}
