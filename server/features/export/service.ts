import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Database } from '../../db/database'
import type { Batch } from '../../db/sql-kit'
import type { StaffPrincipal } from '../../http/authenticate'
import { shanghaiDate } from '../../time'
import type { AuditService } from '../audit/service'
import type { Columns } from './tables'

const ROWS_AT_ONCE = 1_000

/** The next rows of a list, newest first, each with its place in it. */
export type Source<Filters, Row> = (
  filters: Filters,
  at: Batch,
) => Promise<{ cursor: NonNullable<Batch['cursor']>; row: Row }[]>

/** One list as a sheet. */
export interface Sheet<Filters, Row> {
  name: string
  columns: Columns<Row>
  source: Source<Filters, Row>
}

export interface ExportDeps {
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

export function createExportService({ audit, transaction, now }: ExportDeps) {
  return {
    /**
     * A list as CSV for Excel, a part at a time as the reader takes it. What is added after the start is not in it, and
     * no row is in it twice, whatever is written meanwhile.
     */
    async csv<Filters extends object, Row>(who: StaffPrincipal, sheet: Sheet<Filters, Row>, filters: Filters) {
      const before = now()
      await transaction((trx) =>
        audit.record(trx, who, { action: 'export.csv', target: `${sheet.name}.csv`, detail: filters }),
      )
      const text = Readable.from(rowsOf(sheet, filters, before), { highWaterMark: 1 })
      return { fileName: `${sheet.name}-${shanghaiDate(before)}.csv`, text }
    },
  }
}

export type ExportService = ReturnType<typeof createExportService>

async function* rowsOf<Filters, Row>({ columns, source }: Sheet<Filters, Row>, filters: Filters, before: Date) {
  yield `\uFEFF${toCsv([Object.keys(columns)])}`
  const cells = Object.values(columns)
  for (let cursor: Batch['cursor'] = null; ;) {
    const part = await source(filters, { before, cursor, count: ROWS_AT_ONCE })
    if (part.length > 0) yield toCsv(part.map(({ row }) => cells.map((cell) => cell(row))))
    if (part.length < ROWS_AT_ONCE) return
    cursor = part.at(-1)!.cursor
  }
}

/** A spreadsheet runs a cell that begins like a formula: such text gets an apostrophe before it. */
const toCsv = (rows: (string | number)[][]): string =>
  stringify(rows, { record_delimiter: 'windows', quoted_match: /[\r\n]/, escape_formulas: true })
