import type { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Wxwork } from '../../connectors/wxwork'
import { isUniqueViolation } from '../../db/db-error'
import { AppError, invalidField } from '../../errors/app-error'
import type { Publisher } from '../live/service'
import type { Journal } from './journal'
import { stateOf } from './machine'
import { refusalOf } from './refusal'
import type { SessionChanges, WxworkRepository, WxworkSession } from './repository'
import { blankSession } from './session-row'

export interface AccessDeps {
  repository: WxworkRepository
  wxwork: Wxwork | null
  journal: Journal
  live: Publisher
  intervalMs: number
  now: () => Date
}

/** How a person's act reaches the gateway: which account is meant, and everything that is said written down. */
export function createAccess({ repository, wxwork, journal, live, intervalMs, now }: AccessDeps) {
  const later = (ms: number) => new Date(now().getTime() + ms)

  function gateway(): Wxwork {
    if (!wxwork) throw new AppError('UPSTREAM_DISABLED', { message: '企业微信网关尚未配置（WXWORK_BASE_URL）' })
    return wxwork
  }

  /** The uuid named, else the active session's. */
  async function target(uuid: string): Promise<{ uuid: string; session: WxworkSession | null }> {
    gateway()
    const session = uuid ? await repository.findByUuid(uuid) : await repository.active()
    if (!uuid && !session) throw invalidField('uuid', '没有可用的 uuid，请先初始化')
    return { uuid: uuid || session!.uuid, session }
  }

  /** Calls the gateway, and writes down what was said; the call's own failure is told in our words. */
  async function tell<T extends { raw: unknown }>(
    session: Pick<WxworkSession, 'id' | 'uuid'> | null,
    stage: string,
    request: object,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await call()
      await journal.note({ session, stage, payload: { request, response: result.raw } })
      return result
    } catch (error) {
      const refusal = refusalOf(error)
      const { raw } = (error as UpstreamError).detail
      await journal.note({ session, stage, payload: { request, error: refusal.message, response: raw ?? null } })
      if (session?.id) await change(session, { last_event: stage, last_error: refusal.message })
      throw refusal
    }
  }

  async function change(session: Pick<WxworkSession, 'id' | 'uuid'>, changes: SessionChanges): Promise<void> {
    await repository.update({ id: session.id }, { ...changes, updated_at: now() })
    live.publish(stateOf({ ...session, ...changes }))
  }
  const chosen = (): SessionChanges => ({ active_at: now(), last_error: null, monitored: true })

  /** A uuid that somebody named and the gateway knows becomes a session of ours. */
  async function adopt(uuid: string, changes: SessionChanges): Promise<WxworkSession> {
    const present = await repository.findByUuid(uuid)
    if (present) await change(present, changes)
    else if (await insert({ ...blankSession(uuid, now(), later(intervalMs)), ...changes } as WxworkSession))
      live.publish(stateOf({ uuid }))
    // Somebody else adopted it meanwhile.
    else return adopt(uuid, changes)
    return (await repository.findByUuid(uuid))!
  }

  async function insert(row: WxworkSession): Promise<boolean> {
    try {
      await repository.insert(row)
      return true
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  return { gateway, target, tell, change, chosen, adopt, later }
}

export type Access = ReturnType<typeof createAccess>
