import {
  type ColumnDefinitionBuilder,
  type CompiledQuery,
  type DeleteQueryBuilder,
  type Expression,
  type ExpressionBuilder,
  type Insertable,
  type RawBuilder,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
} from 'kysely'
import type { Db, Engine } from './database'
import type { Schema } from './schema'

/**
 * Everything in which the two engines differ, and the little raw SQL that Kysely cannot say.
 * Queries elsewhere are written once, in Kysely, for both.
 */

/** Rows `(page − 1) × size` to `page × size` of an ordered query. */
export function paged<Q>(query: Q, engine: Engine, { page, size }: { page: number; size: number }): Q {
  const builder = query as unknown as SelectQueryBuilder<any, any, any>
  const offset = (page - 1) * size
  return (engine === 'mssql' ? builder.offset(offset).fetch(size) : builder.limit(size).offset(offset)) as unknown as Q
}

/** One page of `rows`, the ordered form of `filtered`, and how many rows that one has in all. */
export async function pageWithTotal<O>(
  { filtered, rows }: { filtered: SelectQueryBuilder<any, any, any>; rows: SelectQueryBuilder<any, any, O> },
  engine: Engine,
  page: { page: number; size: number },
): Promise<{ rows: O[]; total: number }> {
  const list = await paged(rows, engine, page).execute()
  const { count } = await filtered.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return { rows: list, total: Number(count) }
}

/** The first `count` rows of an ordered query. */
export function first<Q>(query: Q, engine: Engine, count: number): Q {
  const builder = query as unknown as SelectQueryBuilder<any, any, any>
  return (engine === 'mssql' ? builder.top(count) : builder.limit(count)) as unknown as Q
}

/** A part of a long list, newest first: rows up to `before`, and where there is a cursor, behind it. */
export interface Batch {
  before: Date
  cursor: { time: Date; id: string } | null
  count: number
}

/** `column` holds `text`, wildcards taken literally. */
export function contains(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replace(/[\\%_[]/g, '\\$&')}%`
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
}

/** The day of an instant in Asia/Shanghai, `YYYY-MM-DD`; to be selected and grouped by. */
export function shanghaiDate(column: string, engine: Engine): RawBuilder<string> {
  const instant = sql.ref(column)
  // Without parameters: SQL Server takes two of them for different expressions, even if they are equal.
  return engine === 'mssql'
    ? sql<string>`convert(nvarchar(10), cast(switchoffset(${instant}, '+08:00') as date), 23)`
    : sql<string>`date(${instant}, '+8 hours')`
}

type Modifier = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
type Column = [name: string, type: RawBuilder<unknown>, modifier: Modifier]

/**
 * Column definitions for migrations: spread one into `addColumn`. SQLite keeps SQL Server's type names (its driver
 * reads instants and flags by them) and checks lengths, so that a text too long for SQL Server fails there too.
 */
export function columnTypes(engine: Engine) {
  const nullability = (required: boolean, column: ColumnDefinitionBuilder) => (required ? column.notNull() : column)
  const plain =
    (type: string) =>
    (name: string, required: boolean): Column => [name, sql.raw(type), (column) => nullability(required, column)]
  return {
    text: (name: string, length: number, required: boolean): Column => [
      name,
      sql.raw(`nvarchar(${length})`),
      (column) =>
        nullability(
          required,
          engine === 'sqlite' ? column.check(sql`length(${sql.ref(name)}) <= ${sql.lit(length)}`) : column,
        ),
    ],
    longText: plain(engine === 'mssql' ? 'nvarchar(max)' : 'text'),
    instant: plain('datetimeoffset(3)'),
    flag: plain('bit'),
    int: plain('int'),
    bigint: plain('bigint'),
    float: plain(engine === 'mssql' ? 'float' : 'double'),
    identity: (name: string): Column => [
      name,
      sql.raw(engine === 'mssql' ? 'bigint identity(1,1)' : 'integer'),
      (column) => (engine === 'mssql' ? column.notNull().primaryKey() : column.primaryKey().autoIncrement()),
    ],
    key: (name: string, length: number): Column => [
      name,
      sql.raw(`nvarchar(${length})`),
      (column) => column.notNull().primaryKey(),
    ],
  }
}

class Slot {
  constructor(readonly name: string) {}
}

type Values = Record<string, unknown>

/**
 * Compiles a query once and runs it with fresh values: building and compiling is most of what Kysely costs on a hot
 * path. `build` gets a function that stands in for each named value.
 */
export function prepare<V extends Values, R>(
  db: Db,
  build: (value: <K extends keyof V & string>(name: K) => V[K]) => { compile(): CompiledQuery<R> },
): (values: V, on?: Db) => Promise<R[]> {
  let compiled: CompiledQuery<R> | undefined
  return async (values, on = db) => {
    compiled ??= build((name) => new Slot(name) as never).compile()
    const parameters = compiled.parameters.map((item) => (item instanceof Slot ? values[item.name] : item))
    const { rows } = await on.executeQuery<R>({ ...compiled, parameters } as CompiledQuery<R>)
    return rows
  }
}

/** Inserts one row; the statement of each set of columns is compiled once. A column left undefined takes its default. */
export function prepareInsert<T extends keyof Schema>(
  db: Db,
  table: T,
): (row: Insertable<Schema[T]>, on?: Db) => Promise<void> {
  const statements = new Map<string, (values: Values, on?: Db) => Promise<unknown>>()
  return async (row, on) => {
    const values = row as Values
    const columns = Object.keys(values).filter((column) => values[column] !== undefined)
    const shape = columns.join()
    let insert = statements.get(shape)
    if (!insert) {
      insert = prepare<Values, unknown>(db, (value) =>
        db.insertInto(table).values(Object.fromEntries(columns.map((column) => [column, value(column)])) as never),
      )
      statements.set(shape, insert)
    }
    await insert(values, on)
  }
}

/** Few enough that nobody waits long for the rows' locks, and that SQL Server does not lock the table instead. */
const ROWS_PER_REMOVAL = 500

/**
 * Removes every row of `table` that is `old`, some at a time in the order of a column; what is no longer old when its
 * turn comes stays.
 * @returns how many were old
 */
export async function removeOld<T extends keyof Schema>(
  { db, engine }: { db: Db; engine: Engine },
  {
    table,
    key,
    order,
    old,
  }: { table: T; key: string; order: string; old: (eb: Expressions<T>) => Expression<SqlBool> },
): Promise<number> {
  const rows = db.selectFrom(table as never) as unknown as SelectQueryBuilder<any, any, any>
  const next = first(
    rows
      .select(key)
      .where(old as never)
      .orderBy(order),
    engine,
    ROWS_PER_REMOVAL,
  )
  for (let removed = 0; ;) {
    const found = (await next.execute()) as Values[]
    const keys = found.map((row) => row[key])
    if (keys.length > 0)
      await (db.deleteFrom(table as never) as DeleteQueryBuilder<any, any, any>)
        .where(key, 'in', keys)
        .where(old as never)
        .execute()
    removed += keys.length
    if (keys.length < ROWS_PER_REMOVAL) return removed
  }
}
type Expressions<T extends keyof Schema> = ExpressionBuilder<Schema, T>

/** Whether a table (or a column of it) exists; asks the standard views, which every SQL Server has. */
export async function exists(db: Db, engine: Engine, table: string, column?: string): Promise<boolean> {
  const query =
    engine === 'mssql'
      ? sql`select 1 as found from INFORMATION_SCHEMA.COLUMNS where TABLE_SCHEMA = 'dbo' and TABLE_NAME = ${table}
            and COLUMN_NAME = coalesce(${column ?? null}, COLUMN_NAME)`
      : sql`select 1 as found from pragma_table_info(${table}) where name = coalesce(${column ?? null}, name)`
  return (await query.execute(db)).rows.length > 0
}

/** Whether some unique index covers exactly this column, whatever its name. */
export async function hasUniqueIndex(db: Db, engine: Engine, table: string, column: string): Promise<boolean> {
  const query =
    engine === 'mssql'
      ? sql`select i.index_id from sys.indexes i
            join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id
            join sys.columns c on c.object_id = k.object_id and c.column_id = k.column_id
            where i.object_id = object_id(${table}) and i.is_unique = 1
            group by i.index_id having count(*) = 1 and min(c.name) = ${column}`
      : sql`select l.name from pragma_index_list(${table}) l where l."unique" = 1
            and (select group_concat(name) from pragma_index_info(l.name)) = ${column}`
  return (await query.execute(db)).rows.length > 0
}

/** Runs a DDL statement; "there is already such an object" (1913, 2714, 2705) counts as done. */
export async function unlessExists(statement: { execute(): Promise<unknown> }): Promise<void> {
  try {
    await statement.execute()
  } catch (error) {
    if (!isThere(error)) throw error
  }
}

type DdlError = { number?: number; message: string; precedingErrors?: DdlError[] }

/** Of a constraint SQL Server says so first and ends with 1750, "could not create constraint, see previous errors". */
function isThere(error: unknown): boolean {
  const { number, message, precedingErrors = [] } = error as DdlError
  if (number === 1750) return precedingErrors.some(isThere)
  return [1913, 2714, 2705].includes(number ?? 0) || /already exists|duplicate column/i.test(message)
}

/**
 * Adds a foreign key: SQLite takes it only with the column, SQL Server (any version) best as a constraint of its own.
 * `inline` goes to the column's modifier, `constrain` runs after the table is there.
 */
export function foreignKey(engine: Engine, column: string, target: string) {
  return {
    inline: (definition: ColumnDefinitionBuilder) =>
      engine === 'sqlite' ? definition.references(`${target}.id`) : definition,
    constrain: async (db: Db, table: string) => {
      if (engine === 'mssql')
        await unlessExists(
          db.schema.alterTable(table).addForeignKeyConstraint(`fk_${table}_${column}`, [column], target, ['id']),
        )
    },
  }
}

export type LockMode = 'Shared' | 'Exclusive'

/**
 * Holds the named lock until the transaction ends: alone, or with all others who hold it shared. On SQLite there is
 * one transaction at a time, which has every lock.
 */
export async function lockNamed(trx: Db, engine: Engine, name: string, mode: LockMode): Promise<void> {
  if (engine === 'sqlite') return
  const result = await takeLock(trx, { name, mode, waitMs: LOCK_WAIT_MS })
  // Told as SQL Server tells of its own locks, so that the transaction is run again.
  if (result < 0) throw Object.assign(lockError(name, LOCK_WAIT_MS), { number: result === LOCK_DEADLOCK ? 1205 : 1222 })
}

/**
 * Runs `work` while no other process runs work under the same name; waits its turn. On SQLite `work` must be one
 * transaction, which keeps all others out by itself.
 */
export async function exclusively<T>(db: Db, engine: Engine, name: string, work: () => Promise<T>): Promise<T> {
  if (engine === 'sqlite') return work()
  return db.transaction().execute(async (trx) => {
    for (let turn = 1; ; turn++) {
      const result = await takeLock(trx, { name, mode: 'Exclusive', waitMs: LOCK_TURN_MS })
      if (result >= 0) return work()
      if (result !== LOCK_TIMEOUT || turn === LOCK_TURNS) throw lockError(name, LOCK_TURN_MS * LOCK_TURNS)
    }
  })
}

/** What sp_getapplock answers: 0 and more where the lock was granted. The transaction's end gives it back. */
async function takeLock(trx: Db, { name, mode, waitMs }: { name: string; mode: LockMode; waitMs: number }) {
  const { rows } = await sql<{ result: number }>`declare @result int;
    exec @result = sp_getapplock @Resource = ${name}, @LockMode = ${sql.lit(mode)},
      @LockOwner = 'Transaction', @LockTimeout = ${sql.lit(waitMs)};
    select @result as result`.execute(trx)
  return rows[0]?.result ?? NOT_GRANTED
}

const lockError = (name: string, waitedMs: number) =>
  new Error(`the lock "${name}" was not free within ${waitedMs / 1000} s`)

/** One long wait would end at the driver's own limit for a request, 15 s. */
const LOCK_WAIT_MS = 10_000
const LOCK_TURN_MS = 5_000
const LOCK_TURNS = 60
const LOCK_TIMEOUT = -1
const LOCK_DEADLOCK = -3
const NOT_GRANTED = -999
