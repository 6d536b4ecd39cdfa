import { z } from 'zod'
import {
  type ExternalChallengeRow,
  type ExternalSessionFacts,
  type ExternalSessionRow,
  SESSION_STATES,
  SESSION_STATUSES,
} from '../../../types/api/admin-external'
import { DRY_RUN_STEPS, type DryRunResult } from '../../../types/api/sessions'
import { filterText, pageQuery, text } from '../../http/fields'
import { systemDraft } from '../external-systems/schema'

const status = z.enum(SESSION_STATUSES)

export const sessionParams = z.object({ system: text('系统标识', 100), account: text('登录账号', 100) })
export const sessionQuery = z.object({
  ...pageQuery(20),
  system: filterText('系统标识'),
})

const loginFacts = {
  system_name: z.string(),
  account: z.string(),
  status,
  expire_at: z.string().nullable(),
  last_login_at: z.string().nullable(),
  fencing_token: z.number().int(),
}
export const checkedSession = z.object(loginFacts) satisfies z.ZodType<ExternalSessionFacts>
export const session = z.object({
  ...loginFacts,
  cookie: z.object({ cookies: z.record(z.string(), z.string()), token: z.string().optional() }),
})

export const sessionRow = z.object({
  ...loginFacts,
  id: z.string(),
  state: z.enum(SESSION_STATES),
  /** Of its system: a disabled one is not logged in by itself. */
  is_active: z.boolean(),
  since: z.string().nullable(),
  age_seconds: z.number().int().nullable(),
  last_check_at: z.string().nullable(),
  learned_lifetime_seconds: z.number().int().nullable(),
  failures: z.number().int(),
  password_failures: z.number().int(),
  attempts_left: z.number().int(),
  next_action: z.string(),
  next_action_at: z.string().nullable(),
  last_error: z.string().nullable(),
  challenge_id: z.string().nullable(),
}) satisfies z.ZodType<ExternalSessionRow>

export const dryRunParams = sessionParams.pick({ system: true })
export const dryRunBody = z.object({
  account: filterText('登录账号'),
  endpoint: filterText('接口名称'),
  system: systemDraft.optional(),
})
export type DryRunInput = z.infer<typeof dryRunBody>
export const dryRunResult = z.object({
  ok: z.boolean(),
  account: z.string().nullable(),
  steps: z.array(
    z.object({
      name: z.enum(DRY_RUN_STEPS),
      outcome: z.enum(['ok', 'failed', 'skipped']),
      ms: z.number().int(),
      message: z.string(),
      request: z.unknown(),
      response: z.unknown(),
    }),
  ),
}) satisfies z.ZodType<DryRunResult>

export const challenge = z.object({
  id: z.string(),
  system_name: z.string(),
  account: z.string(),
  kind: z.string(),
  image: z.string().meta({ description: 'data URL' }),
  expires_at: z.string(),
}) satisfies z.ZodType<ExternalChallengeRow>
export const challengeParams = z.object({ id: text('验证码编号', 36) })
export const challengeQuery = z.object(pageQuery(20))
export const challengeAnswer = z.object({ answer: text('验证码', 20) })
