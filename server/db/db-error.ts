interface DriverError {
  code?: string
  number?: number
}

const SQLITE_BUSY = new Set(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY'])

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
  return number === 1205 || number === 1222 || SQLITE_BUSY.has(code ?? '')
}

/** Database or disk cannot be reached or has no room at the moment: an answer of 503, not 500. */
export function isUnavailable(error: unknown): boolean {
  const { code } = (error ?? {}) as DriverError
  return UNAVAILABLE.has(code ?? '')
}

const UNAVAILABLE = new Set([
  ...SQLITE_BUSY,
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'ESOCKET',
  'ETIMEOUT',
  'ECONNCLOSED',
  'ENOTOPEN',
  'ELOGIN',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
])
