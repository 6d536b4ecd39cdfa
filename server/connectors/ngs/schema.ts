import { z } from 'zod'

const DONE = 1

/** Said with HTTP 200 either way: 1 is done, everything else is refused. Some versions write the code as text. */
export const ngsAnswer = z
  .object({
    code: z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number),
    message: z.string().nullish(),
    value: z.unknown().optional(),
  })
  .transform(({ code, message, value }) =>
    code === DONE ? { ok: true as const, value: value ?? null } : { ok: false as const, code, message: message ?? '' },
  )

/** As long as the task's columns are. */
const MAX_ID = 64
const id = z.union([z.string().min(1).max(MAX_ID), z.number().transform(String)])
const orderIds = z.object({ oId: id, taskId: id })

export interface OrderIds {
  oId: string
  taskId: string
}

/** The ids of the order an operation was about, where ngs told them. */
export function orderIdsOf(value: unknown): OrderIds | null {
  const parsed = orderIds.safeParse(value)
  return parsed.success ? parsed.data : null
}
