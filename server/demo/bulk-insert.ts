import type { CompiledQuery } from 'kysely'
import type { Db } from '../db/database'
import type { Schema } from '../db/schema'

/** SQL Server takes 2,100 parameters and 1,000 rows a statement. */
const MAX_PARAMETERS = 2000
const MAX_ROWS = 900

/** Inserts rows of one shape, many a statement; each size of statement is compiled once. */
export function createBulkInsert<Row extends object>(table: keyof Schema) {
  const statements = new Map<number, CompiledQuery>()

  /** Parameters stand row by row, columns in the order of the first row. */
  function compile(on: Db, rows: Row[]): CompiledQuery {
    const statement =
      statements.get(rows.length) ??
      on
        .insertInto(table)
        .values(rows as never)
        .compile()
    statements.set(rows.length, statement)
    return { ...statement, parameters: rows.flatMap((row) => Object.values(row)) }
  }

  return async (on: Db, rows: Row[]): Promise<void> => {
    if (rows.length === 0) return
    const columns = Object.keys(rows[0]!).length
    const size = Math.min(MAX_ROWS, Math.floor(MAX_PARAMETERS / columns))
    for (let start = 0; start < rows.length; start += size)
      await on.executeQuery(compile(on, rows.slice(start, start + size)))
  }
}
