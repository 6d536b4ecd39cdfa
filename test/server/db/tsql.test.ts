import fs from 'node:fs'
import path from 'node:path'
import type { Selectable } from 'kysely'
import { migrate, migrationStatus } from '../../../server/db/migrate'
import type { Schema } from '../../../server/db/schema'
import { createCurrentCustomers } from '../../../server/features/customers/current'
import { createCustomerRepository } from '../../../server/features/customers/repository'
import { createExternalSessionRepository } from '../../../server/features/external-sessions/repository'
import { createExternalSystemRepository } from '../../../server/features/external-systems/repository'
import { createExternalWorkOrderRepository } from '../../../server/features/external-work-orders/repository'
import { createVisitRepository } from '../../../server/features/visits/repository'
import { createWorkOrderRepository } from '../../../server/features/work-orders/repository'
import { REPOSITORIES, type Samples } from './repository-calls'
import { createRecorder, type Mode, type Statement } from './tsql-recorder'
import { faultsOf, schemaFaults } from './tsql-rules'

const SERVER = path.resolve(__dirname, '../../../server')
const FEATURES = path.join(SERVER, 'features')
const featuresWithQueries = fs
  .readdirSync(FEATURES)
  .filter((feature) => fs.existsSync(path.join(FEATURES, feature, 'repository.ts')))

const explain = (statements: Statement[]) =>
  statements.flatMap((statement) => faultsOf(statement).map((fault) => `${fault}: ${statement.sql.slice(0, 300)}`))

async function recordMigrations(): Promise<Statement[]> {
  const { database, record } = createRecorder()
  const errors: unknown[] = []
  const statements = await record('empty', () => migrate(database).catch((error: unknown) => errors.push(error)))
  expect(errors).toEqual([])
  return statements
}

describe('migrations in T-SQL', () => {
  let statements: Statement[]
  beforeAll(async () => {
    statements = await recordMigrations()
  })

  test('every file of the folder is run', async () => {
    const files = fs.readdirSync(path.join(SERVER, 'db/migrations')).map((file) => path.basename(file, '.ts'))
    const known = await migrationStatus(createRecorder().database)
    expect(known.map(({ name }) => name)).toEqual(files.toSorted())
    expect(statements.filter(({ sql }) => sql.startsWith('create table')).length).toBeGreaterThan(10)
  })
  test('every statement keeps to what each SQL Server takes', () => {
    expect(explain(statements)).toEqual([])
  })
  test('index keys fit, and unique indexes leave out rows without a value', () => {
    expect(schemaFaults(statements)).toEqual([])
  })
  test('are kept apart by an application lock, whose waiting is no longer than a request may take', () => {
    const lock = statements.find(({ sql }) => sql.includes('sp_getapplock'))
    expect(lock!.parameters).toEqual(['migrations'])
    const [, timeoutMs] = /@LockTimeout = (\d+)/.exec(lock!.sql)!
    expect(Number(timeoutMs)).toBeLessThanOrEqual(10_000)
  })
})

describe('repositories in T-SQL', () => {
  let samples: Samples
  beforeAll(async () => {
    const columns = columnsOf(await recordMigrations())
    samples = {
      on: createRecorder().database.db,
      row: <T extends keyof Schema>(table: T) =>
        Object.fromEntries(columns.get(table)!.map((column) => [column, 'x'])) as Selectable<Schema[T]>,
    }
  })

  test('every repository has its sample calls', () => {
    expect(Object.keys(REPOSITORIES).toSorted()).toEqual(featuresWithQueries.toSorted())
  })

  describe.each(Object.entries(REPOSITORIES))('%s', (feature, { create, calls }) => {
    test('is the one its folder exports', () => {
      const exported = require(path.join(FEATURES, feature, 'repository.ts')) as object
      expect(Object.keys(exported).filter((name) => /^create.*Repository$/.test(name))).toHaveLength(1)
    })

    test('sends only what each SQL Server takes', async () => {
      const { database, record } = createRecorder()
      const functions = create(database) as Record<string, (...args: unknown[]) => unknown>
      const table = calls({ ...samples, on: database.db })
      expect(Object.keys(table).toSorted()).toEqual(Object.keys(functions).toSorted())
      for (const [name, argumentLists] of Object.entries(table)) {
        const statements: Statement[] = []
        for (const args of argumentLists)
          for (const mode of ['empty', 'found', 'taken'] satisfies Mode[])
            statements.push(...(await record(mode, () => functions[name]!(...args))))
        expect({ name, queries: statements.length > 0 }).toEqual({ name, queries: true })
        expect({ name, faults: explain(statements) }).toEqual({ name, faults: [] })
      }
    })
  })
})

describe('a row that only the collation takes for the one asked for', () => {
  const { database, record } = createRecorder()
  const customers = createCustomerRepository(database)
  const systems = createExternalSystemRepository(database)
  const sessions = createExternalSessionRepository(database)

  test.each([
    ['openid', (given: string) => customers.findByOpenid(given)],
    ['account of a system', (given: string) => systems.findAccount('s', given)],
    ['account of a session', (given: string) => sessions.findByAccount('s', given)],
  ])('is not taken for the same %s', async (_what, find) => {
    // Every column of the row that the recorder answers with is `x`.
    const found: unknown[] = []
    await record('found', async () => found.push(await find('X'), await find('x ')))
    expect(found).toEqual([null, null])
    await record('found', async () => found.push(await find('x')))
    expect(found.at(-1)).not.toBeNull()
  })

  test('nor is the work order of its import read before it is locked', async () => {
    const orders = createExternalWorkOrderRepository(database)
    const statements = await record('found', () => orders.lockOrder('x', database.db))
    expect(statements.map(({ sql }) => sql.split(' ')[0])).toEqual(['update', 'select'])
  })
})

test.each([
  ['shared', undefined],
  ['exclusive', 'Exclusive'],
] as const)('a customer’s row is read when its lock is held, %s', async (_how, mode) => {
  const { database, record } = createRecorder()
  const customers = createCurrentCustomers(createCustomerRepository(database))
  const [lock, read] = await record('found', () => customers.current(database.db, 7, mode))
  expect(lock).toMatchObject({ sql: expect.stringContaining(`'${mode ?? 'Shared'}'`), parameters: ['customer:7'] })
  expect(read!.sql).toMatch(/^select .* from "customer"/)
})

test('a join that a filtered index answers says the filter', async () => {
  const { database, record } = createRecorder()
  const asked = [
    ...(await record('empty', () => createVisitRepository(database).subject('x'))),
    ...(await record('empty', () => createWorkOrderRepository(database).find('x'))),
  ]
  expect(asked).toHaveLength(2)
  for (const { sql } of asked) expect(sql).toContain('"live"."live_key" is not null')
})

describe('where SQL is written', () => {
  const read = (file: string) => fs.readFileSync(file, 'utf8')
  const sources = fs
    .readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => ({ file, text: read(path.join(SERVER, file)) }))
  const filesWith = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)

  test('raw SQL only in the kit and in migrations', () => {
    const raw = filesWith(/import\s*\{[^}]*\bsql\b[^}]*\}\s*from 'kysely'|\bCompiledQuery\.raw\b|\bRawBuilder\b/)
    expect(raw.filter((file) => file !== 'db/sql-kit.ts' && !file.startsWith('db/migrations/'))).toEqual([])
  })
  test('the catalogue only by its capitals, in what tests prepare with too', () => {
    const SUPPORT = path.resolve(__dirname, '../../support')
    const support = fs.readdirSync(SUPPORT).filter((file) => file.endsWith('.ts'))
    const texts = [...sources, ...support.map((file) => ({ file, text: read(path.join(SUPPORT, file)) }))]
    const catalogue = texts.filter(({ text }) => /\binformation_schema\b/i.test(text))
    expect(catalogue.map(({ file }) => file)).toEqual(['db/sql-kit.ts', 'engines.ts'])
    const small = /\binformation_schema\b|\b(table|column|constraint)_(name|schema|type)\b/
    expect(catalogue.filter(({ text }) => small.test(text))).toEqual([])
  })
  test('no driver outside of its folder', () => {
    const drivers = filesWith(/from '(mssql|better-sqlite3|tedious)'|require\('(mssql|better-sqlite3|tedious)'\)/)
    expect(drivers.filter((file) => !file.startsWith('db/'))).toEqual([])
  })
})

describe('the rules themselves', () => {
  const faults = (sql: string, parameters: unknown[] = []) => faultsOf({ sql, parameters })

  test.each([
    'select "a" from "t" limit 1',
    'select "a" || "b" from "t"',
    'select now()',
    'select length("a") from "t"',
    'merge into "t" using "s" on 1 = 1',
    'select "a" from "t" with (updlock, holdlock)',
    "waitfor delay '00:00:01'",
    'select top(1) with ties "a" from "t" order by "a"',
    'create or alter view "v" as select 1',
    'select "a" into #t from "t"',
    'set nocount on',
    'insert into "t" ("a") values (1) returning "a"',
    'insert into "t" ("a") output inserted."a" values (1)',
    'select "a" from "t" offset 1 rows fetch next 1 rows only',
    'select "a" from (select "a" from "t" order by "a") as "s"',
    'select "a" = 1 as "b" from "t"',
    'select "a" from "t" where "b" = true',
    'with "c" as (select 1 as "a") update "c" set "a" = 2',
    'create table "t" ("a" int references "u" ("id"))',
    'alter table "t" add "a" int, "b" int',
    'select 1 as "one" from information_schema.columns',
  ])('refuse %s', (sql) => {
    expect(faults(sql)).not.toEqual([])
  })

  test.each([
    'select top(1) "a" from "t" order by "a"',
    'select "a" from "t" order by "a" offset @1 rows fetch next @2 rows only',
    'select "a" from (select top(1) "a" from "t" order by "a") as "s"',
    'insert into "t" ("a") output "inserted"."a" as "a" values (1)',
    'update "limit" set "a" = \'now() || limit\' where "length" = \'it\'\'s\'',
    'select "a", row_number() over (order by "a") as "n" from "t"',
    'select case when "a" = 1 then 1 else 0 end as "b" from "t" where "a" = 1',
    'select count(*) as "count" from "t" where exists (select 1 as "one" from "u")',
    'alter table "t" add "a" nvarchar(20)',
  ])('take %s', (sql) => {
    expect(faults(sql)).toEqual([])
  })

  test('refuse too many parameters and rows', () => {
    const values = (count: number) => `insert into "t" ("a") values ${Array(count).fill('(1)').join(', ')}`
    expect(faults('select 1', Array(2099).fill(1))).not.toEqual([])
    expect(faults('select 1', Array(2098).fill(1))).toEqual([])
    expect(faults(values(1001))).not.toEqual([])
    expect(faults(values(1000))).toEqual([])
  })
  test('refuse index keys that do not fit and unique indexes over missing values', () => {
    const table = 'create table "t" ("a" nvarchar(500) not null primary key, "b" nvarchar(max), "c" nvarchar(900))'
    const withIndex = (sql: string) =>
      schemaFaults([
        { sql: table, parameters: [] },
        { sql, parameters: [] },
      ])
    expect(withIndex('select 1')).toEqual(['primary key of t: 1000 bytes of key, more than 900'])
    expect(withIndex('create index "i" on "t" ("b")')).toHaveLength(2)
    expect(withIndex('create index "i" on "t" ("c")')).toHaveLength(2)
    expect(withIndex('create unique index "i" on "t" ("c")')).toHaveLength(3)
    expect(withIndex('create index "i" on "t" ("d")')).toHaveLength(2)
  })
})

function columnsOf(statements: Statement[]): Map<string, string[]> {
  const columns = new Map<string, string[]>()
  for (const { sql } of statements) {
    const [, table, body] = /^create table "(\w+)" \((.*)\)$/is.exec(sql) ?? []
    if (table)
      columns.set(
        table,
        [...body!.matchAll(/"(\w+)" \w+/g)].map(([, name]) => name!),
      )
    const [, altered, name] = /^alter table "(\w+)" add "(\w+)"/i.exec(sql) ?? []
    if (altered) columns.get(altered)?.push(name!)
  }
  return columns
}
