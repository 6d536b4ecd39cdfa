import { z } from 'zod'
import { SESSION_LEVELS, SESSION_PARTNERS, type SessionBoard } from '../../../types/api/sessions'

export const sessionBoard = z.object({
  list: z.array(
    z.object({
      partner: z.enum(SESSION_PARTNERS),
      key: z.string(),
      title: z.string(),
      level: z.enum(SESSION_LEVELS),
      state: z.string(),
      state_text: z.string(),
      since: z.string().nullable(),
      age_seconds: z.number().int().nullable(),
      last_error: z.string().nullable(),
      next_action: z.string().nullable(),
      next_action_at: z.string().nullable(),
      human_action: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<SessionBoard>
