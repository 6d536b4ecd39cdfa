import { z } from 'zod'

const REQUEST_ID = /rid: ([\w-]+)/

/** WeChat says no with HTTP 200; `rid` is what its support asks for. */
const refusal = z
  .object({
    errcode: z
      .number()
      .int()
      .refine((code) => code !== 0),
    errmsg: z.string().optional(),
  })
  .transform(({ errcode, errmsg }) => ({ ok: false as const, errcode, rid: errmsg?.match(REQUEST_ID)?.[1] ?? null }))

/** Either `{ ok: false, errcode, rid }` or `{ ok: true, value }`. */
function answerOf<T>(value: z.ZodType<T>) {
  return z.union([refusal, value.transform((parsed) => ({ ok: true as const, value: parsed }))])
}

export type Answer<T> = z.infer<typeof refusal> | { ok: true; value: T }

/** The session_key stops here: nobody after this parse has it. */
export const identityAnswer = answerOf(
  z
    .object({ openid: z.string().min(1), unionid: z.string().min(1).optional() })
    .transform(({ openid, unionid }) => ({ openId: openid, unionId: unionid ?? null })),
)

export const tokenAnswer = answerOf(
  z
    .object({ access_token: z.string().min(1), expires_in: z.number().positive() })
    .transform((body) => ({ token: body.access_token, lifetimeMs: body.expires_in * 1000 })),
)

/** Documented with `countryCode` as a string, seen as a number too. */
const phoneInfo = z.object({
  phoneNumber: z.string().min(1),
  purePhoneNumber: z.string().min(1),
  countryCode: z.union([z.string(), z.number()]).transform(String),
})

export const phoneAnswer = answerOf(
  z.object({ phone_info: phoneInfo }).transform(({ phone_info: info }) => ({
    phone: info.countryCode === '86' ? info.purePhoneNumber : info.phoneNumber,
    countryCode: info.countryCode,
  })),
)

export const textAnswer = answerOf(
  z
    .object({ result: z.object({ suggest: z.enum(['pass', 'review', 'risky']) }) })
    .transform(({ result }) => result.suggest),
)

export const sentAnswer = answerOf(z.object({ errcode: z.literal(0) }).transform(() => true as const))
