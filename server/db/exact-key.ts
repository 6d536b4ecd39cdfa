import { createHash } from 'node:crypto'

/**
 * A column value that tells texts apart by every letter and blank: SQL Server's usual collation takes `wo-1`, `WO-1`
 * and `WO-1 ` for the same. @returns 64 characters
 */
export const exactKey = (text: string): string => createHash('sha256').update(text).digest('hex')
