import type { UpstreamErrorKind } from '../kit/upstream-error'

export const UPSTREAM = 'cloudbase'

/** How CloudBase says that a file is not there. */
export const NOT_FOUND = new Set(['STORAGE_FILE_NONEXIST', 'STORAGE_FILE_NOT_EXIST', 'FILE_NOT_EXIST'])

const UNAUTHENTICATED = /^(SIGN_|AUTH|INVALID_CREDENTIALS|401$|403$)/
const RATE_LIMITED = /^(EXCEED_|429$|LIMIT)/
const REJECTED = /^(INVALID_|STORAGE_|PERMISSION_|4\d\d$)/

/** From the SDK's error code: CloudBase's word, an HTTP status, or the system's word for a lost connection. */
export function kindOf(code: string): UpstreamErrorKind {
  if (UNAUTHENTICATED.test(code)) return 'unauthenticated'
  if (RATE_LIMITED.test(code)) return 'rate-limited'
  return REJECTED.test(code) ? 'rejected' : 'unavailable'
}
