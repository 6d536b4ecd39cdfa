import type { UpstreamErrorKind } from '../kit/upstream-error'

export const UPSTREAM = 'wechat'

export const PATHS = {
  codeToSession: '/sns/jscode2session',
  stableToken: '/cgi-bin/stable_token',
  phoneNumber: '/wxa/business/getuserphonenumber',
  sendMessage: '/cgi-bin/message/subscribe/send',
  checkText: '/wxa/msg_sec_check',
} as const

/** System busy: nothing was executed. */
export const BUSY = -1

/** The access token was refused; a fresh one cures it. */
export const TOKEN_REFUSED: readonly number[] = [40001, 40014, 42001]

/** The longest life WeChat gives a token. */
export const TOKEN_LIFETIME_MS = 7_200_000

/** WeChat hands out a new token during the last 5 minutes of the old one, which stays good until its end. */
export const TOKEN_RENEWAL_MARGIN_MS = 240_000

export const CHECK_TEXT_MAX_CHARS = 2_500

/** `scene` of msg_sec_check. */
export const TEXT_SCENES = { profile: 1, comment: 2, forum: 3, log: 4 } as const

export interface Refusal {
  kind: UpstreamErrorKind
  reason: string
}

const OUR_CONFIGURATION: Refusal = { kind: 'unauthenticated', reason: 'our-configuration' }
const TOKEN: Refusal = { kind: 'unauthenticated', reason: 'token-refused' }
const CODE_INVALID: Refusal = { kind: 'rejected', reason: 'code-invalid' }

/** WeChat's `errcode` in our words (developers.weixin.qq.com, error codes of each interface). */
export const REFUSALS: Readonly<Record<number, Refusal>> = {
  [BUSY]: { kind: 'unavailable', reason: 'busy' },
  40001: TOKEN,
  40014: TOKEN,
  42001: TOKEN,
  40013: OUR_CONFIGURATION,
  40125: OUR_CONFIGURATION,
  // The server's address is missing from the account's allow-list.
  40164: OUR_CONFIGURATION,
  40029: CODE_INVALID,
  40163: CODE_INVALID,
  40226: { kind: 'rejected', reason: 'user-refused' },
  45009: { kind: 'rate-limited', reason: 'daily-quota' },
  45011: { kind: 'rate-limited', reason: 'too-often' },
  40003: { kind: 'rejected', reason: 'bad-openid' },
  40037: { kind: 'rejected', reason: 'bad-template' },
  41030: { kind: 'rejected', reason: 'bad-page' },
  43101: { kind: 'rejected', reason: 'no-credit' },
  47003: { kind: 'rejected', reason: 'bad-field' },
  // msg_sec_check wants a user who opened the mini-program within the last two hours.
  61010: { kind: 'rejected', reason: 'user-not-recent' },
}

export const OTHER_REFUSAL: Refusal = { kind: 'rejected', reason: 'other' }

/** What a code of WeChat's means, as `detail.reason` has it. */
export const refusalReason = (errcode: number | undefined): string => (REFUSALS[errcode ?? 0] ?? OTHER_REFUSAL).reason
