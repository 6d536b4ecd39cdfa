interface DriverError {
  code?: string
  number?: number
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
  const { code = '' } = (error ?? {}) as DriverError
  return NOT_DONE.has(primaryCode(code)) || isOutcomeUnknown(error)
}

/** The connection or the disk failed in the middle: a commit may have come through all the same. */
export function isOutcomeUnknown(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as DriverError
  return UNKNOWN.has(primaryCode(code))
}

/** SQLite tells more after its primary code: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY, SQLITE_BUSY_TIMEOUT … */
const primaryCode = (code: string) => /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code

const UNKNOWN = new Set(['SQLITE_IOERR', 'ESOCKET', 'ETIMEOUT', 'ECONNCLOSED', 'EIO'])
const NOT_DONE = new Set([
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'ENOTOPEN',
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
