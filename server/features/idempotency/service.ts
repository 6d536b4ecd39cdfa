import { createHash } from 'node:crypto'
import type { Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError } from '../../errors/app-error'
import { entryOf } from '../../errors/catalog'
import type { ErrorCode } from '../../../types/errors'
import type { InFlight } from './in-flight'
import type { IdempotencyRepository } from './repository'

const LIFETIME_MS = 24 * 3600 * 1000

/** Handed to the service that decides: it stores the answer in the transaction of its effect. */
export interface Once {
  save(trx: Db, answer: unknown): Promise<void>
  /** A refusal that has an effect of its own (a rejected check-in is an event). */
  saveRefusal(trx: Db, error: AppError): Promise<void>
  /** What a repeat is told from now on, until something is saved: for an effect outside the database. */
  hold(trx: Db, error: AppError): Promise<void>
  /** Takes `hold` back: nothing was done, a repeat may try. */
  release(trx: Db): Promise<void>
}

const nothing = async () => {}
/** For a caller that gave no key. */
export const WITHOUT_KEY: Once = { save: nothing, saveRefusal: nothing, hold: nothing, release: nothing }

export interface OnceRequest {
  owner: string
  route: string
  key: string
  /** Digest of the parsed fields and of the files' digests. */
  fingerprint: string
}

export interface IdempotencyDeps {
  repository: IdempotencyRepository
  inFlight: InFlight
  now: () => Date
}

type Refusal = { refused: { code: ErrorCode; message: string; details: Record<string, unknown> | null } }

/**
 * `Idempotency-Key`: same key and payload within 24 h give the stored answer, another payload is 422, a request
 * still running is 409. A process that does not know of another's loses at the primary key, rolls back and gives the
 * first one's answer.
 */
export function createIdempotency(deps: IdempotencyDeps) {
  async function stored<T>(id: string, fingerprint: string): Promise<{ answer: T } | null> {
    const found = await deps.repository.find(id, new Date(deps.now().getTime() - LIFETIME_MS))
    if (!found) return null
    if (found.fingerprint !== fingerprint) throw new AppError('IDEMPOTENCY_MISMATCH')
    if (found.status === 200) return { answer: found.answer as T }
    const { code, message, details } = (found.answer as Refusal).refused
    throw new AppError(code, { message, details: details ?? undefined })
  }

  function onceFor(id: string, fingerprint: string): Once {
    let isHeld = false
    const insert = async (trx: Db, status: number, answer: unknown) => {
      const create_time = deps.now()
      if (isHeld) await deps.repository.remove(trx, id)
      else await deps.repository.removeOld(trx, id, new Date(create_time.getTime() - LIFETIME_MS))
      await deps.repository.insert(trx, { id, fingerprint, status, answer, create_time })
    }
    const insertRefusal = (trx: Db, { code, message, details }: AppError) =>
      insert(trx, entryOf(code).status, { refused: { code, message, details } } satisfies Refusal)
    return {
      save: (trx, answer) => insert(trx, 200, answer),
      saveRefusal: insertRefusal,
      hold: async (trx, error) => {
        await insertRefusal(trx, error)
        isHeld = true
      },
      release: (trx) => deps.repository.remove(trx, id),
    }
  }

  /** The other may have ended meanwhile, or died after its commit. */
  async function answerOfOther<T>(id: string, fingerprint: string): Promise<T> {
    const known = await stored<T>(id, fingerprint)
    if (!known) throw new AppError('REQUEST_IN_PROGRESS', { retryAfterSeconds: 1 })
    return known.answer
  }

  return {
    /** Runs `work` unless its answer is already known. */
    async run<T>(request: OnceRequest, work: (once: Once) => Promise<T>): Promise<T> {
      const id = createHash('sha256').update(`${request.owner}\n${request.route}\n${request.key}`).digest('hex')
      const turn = await deps.inFlight.begin(id)
      if (!turn) return answerOfOther<T>(id, request.fingerprint)
      try {
        const known = await stored<T>(id, request.fingerprint)
        if (known) return known.answer
        return await work(onceFor(id, request.fingerprint))
      } catch (error) {
        // Another process that was faster with this key: its effect is what refuses ours, by the key or by a rule.
        const isRefused = error instanceof AppError || isUniqueViolation(error)
        const winner = isRefused ? await stored<T>(id, request.fingerprint) : null
        if (winner) return winner.answer
        throw error
      } finally {
        await turn.end()
      }
    },
    /** Removes keys past their 24 h. @returns how many */
    prune: () => deps.repository.removeBefore(new Date(deps.now().getTime() - LIFETIME_MS)),
  }
}

export type Idempotency = ReturnType<typeof createIdempotency>
