import type { CaptchaTicket } from '../../connectors/external-site'
import { newId } from '../../ids'
import type { Vault } from '../../vault'
import { purposeOf } from '../external-systems/sealing'
import type { OpenSystem } from '../external-systems/sites'
import type { AlarmEvent } from '../notifications/catalog'
import type { ChallengeRow, SessionRow } from './repository'

/** A captcha for a person: the image in the open, what belongs to it sealed. */
export function newChallenge(
  { profile }: OpenSystem,
  row: SessionRow,
  ticket: CaptchaTicket,
  { vault, now }: { vault: Vault; now: () => Date },
): ChallengeRow {
  const id = newId()
  const { image, mime, ...context } = ticket
  return {
    id,
    session_id: row.id,
    system_name: row.system_name,
    account: row.account,
    kind: ticket.spec.kind,
    image: `data:${mime};base64,${image?.toString('base64') ?? ''}`,
    context: vault.seal(JSON.stringify(context), purposeOf(id, 'challenge')),
    state: 'open',
    live_key: row.id,
    fencing_token: row.fencing_token,
    answered_by: null,
    answered_at: null,
    expires_at: new Date(now().getTime() + profile.captcha.lifetimeSeconds * 1000),
    create_time: now(),
  }
}

/** What a challenge was made from; the image is not needed again. */
export function ticketOf({ id, context }: ChallengeRow, vault: Vault): CaptchaTicket {
  const kept = JSON.parse(vault.open(context, purposeOf(id, 'challenge'))) as Omit<CaptchaTicket, 'image' | 'mime'>
  return { ...kept, image: Buffer.alloc(1), mime: '' }
}

/** States in which a person has to do something, or at least to know. */
const NEEDS_PERSON: Partial<Record<SessionRow['state'], { event: AlarmEvent; text: string }>> = {
  CHALLENGE: { event: 'EXTERNAL_CHALLENGE', text: '需要人工输入验证码' },
  PASSWORD_WRONG: { event: 'EXTERNAL_PASSWORD_WRONG', text: '账号或密码被拒绝，已停止登录' },
  SITE_CHANGED: { event: 'EXTERNAL_SITE_CHANGED', text: '页面已变化，已停止登录' },
  ACCOUNT_LOCKED: { event: 'EXTERNAL_ACCOUNT_LOCKED', text: '账号被锁定，解锁后自动重试' },
}

/** What a session that has come into this state wants of a person; null where it wants nothing. */
export function needOf(row: SessionRow, state: SessionRow['state']) {
  const need = NEEDS_PERSON[state]
  return (
    need && {
      event: need.event,
      source: `external:${row.id}:${state}:${row.fencing_token}`,
      content: `${row.system_name} / ${row.account}：${need.text}`,
    }
  )
}
