interface DriverError {
  code?: string
  number?: number
  message?: string
  /** What `mssql` wrapped; `info` of a request is the connection's own error where that broke. */
  originalError?: { info?: { code?: string } }
}

/** A unique index or primary key refused the row (SQLite; SQL Server 2627 constraint, 2601 index). */
export function isUniqueViolation(error: unknown): boolean {
  const { code, number } = (error ?? {}) as DriverError
  return (
    code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || number === 2627 || number === 2601
  )
}

/** The same transaction may succeed when run again: deadlock victim (1205) or a lock not got in time. */
export function isTransient(error: unknown): boolean {
  const { code, number } = (error ?? {}) as DriverError
  return number === 1205 || number === 1222 || code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_SNAPSHOT'
}

/** Database or disk cannot be reached or has no room at the moment: an answer of 503, not 500. */
export function isUnavailable(error: unknown): boolean {
  return (
    NOT_DONE.has(codeOf(error)) ||
    SERVER_SHORT.has(((error ?? {}) as DriverError).number ?? 0) ||
    isPoolExhausted(error) ||
    isTransient(error) ||
    isOutcomeUnknown(error)
  )
}

/** The connection or the disk failed in the middle: a commit may have come through all the same. */
export function isOutcomeUnknown(error: unknown): boolean {
  return UNKNOWN.has(codeOf(error))
}

/**
 * SQLite tells more after its primary code: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY, SQLITE_BUSY_TIMEOUT …
 * `mssql` calls everything that happens to a request EREQUEST, also the loss of its connection.
 */
function codeOf(error: unknown): string {
  const { code = '', originalError } = (error ?? {}) as DriverError
  if (code === 'EREQUEST') return originalError?.info?.code ?? code
  return /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code
}

/** The one error of the pool that has no code. */
const isPoolExhausted = (error: unknown) =>
  ((error ?? {}) as DriverError).message?.startsWith('Failed to acquire a connection from the pool') ?? false

const UNKNOWN = new Set(['SQLITE_IOERR', 'ESOCKET', 'ETIMEOUT', 'ECLOSE', 'ECONNCLOSED', 'EIO'])
const NOT_DONE = new Set([
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'ENOTOPEN',
  'EINVALIDSTATE',
  'ELOGIN',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
])
/** What SQL Server says that has no room or no memory, may not write, or is moved or throttled by its cloud. */
const SERVER_SHORT = new Set([701, 1101, 1105, 3906, 8645, 9002, 10928, 10929, 40197, 40501, 40613])
