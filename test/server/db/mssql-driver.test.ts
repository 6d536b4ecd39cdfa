import { EventEmitter } from 'node:events'
import { Kysely, sql as text } from 'kysely'
import sql from 'mssql'
import type { Db } from '../../../server/db/database'
import { isOutcomeUnknown, isTransient, isUnavailable } from '../../../server/db/db-error'
import { MssqlDialect } from '../../../server/db/mssql-dialect'
import { lockNamed, unlessExists } from '../../../server/db/sql-kit'
import { refusalOf } from './refusal'

const failure = (message: string, facts: object) => Object.assign(new Error(message), facts)
const closed = () => failure('Connection closed before request completed.', { code: 'ECLOSE' })
const deadlock = () => failure('deadlock victim', { code: 'EREQUEST', number: 1205 })

type Ended = (error?: Error) => void

/** As `mssql`'s pool with one connection; what the server does at each request, commit and rollback is given. */
function poolOf(server: { commit?: () => Error; rollback?: () => Error; query?: () => unknown } = {}) {
  const inputs: unknown[] = []
  const statements: string[] = []
  const connection = Object.assign(new EventEmitter(), {
    beginTransaction: (ended: Ended) => ended(),
    commitTransaction: (ended: Ended) => ended(server.commit?.()),
    rollbackTransaction: (ended: Ended) => ended(server.rollback?.()),
  })
  const pool = {
    connected: true,
    acquire: (_for: unknown, taken: (error: null, connection: object, config: object) => void) =>
      taken(null, connection, {}),
    release: () => {},
    request: () => ({
      input: (_name: string, type: unknown, value: unknown) => inputs.push({ type, value }),
      query: async (statement: string) => {
        statements.push(statement)
        const answer = server.query?.()
        if (answer instanceof Error) throw answer
        return { recordset: answer && Object.assign([answer], { columns: {} }), rowsAffected: [1] }
      },
    }),
  } as unknown as sql.ConnectionPool
  return { db: new Kysely<never>({ dialect: new MssqlDialect(async () => pool) }), inputs, statements }
}

describe('a connection to SQL Server that breaks', () => {
  test('in the middle of a commit is told as what it is: nobody knows whether it came through', async () => {
    const { db } = poolOf({ commit: closed })
    const error = await refusalOf(db.transaction().execute(async () => 'done'))
    expect(error).toMatchObject({ code: 'ECLOSE' })
    expect(isOutcomeUnknown(error)).toBe(true)
  })

  test.each([
    ['the connection is gone', failure('Requests can only be made in the LoggedIn state', { code: 'EINVALIDSTATE' })],
    ['the server has rolled back', failure('no corresponding BEGIN TRANSACTION', { code: 'EREQUEST', number: 3903 })],
  ])('keeps the first error where %s at the rollback', async (_what, refusal) => {
    const { db } = poolOf({ rollback: () => refusal })
    const error = await refusalOf(db.transaction().execute(() => Promise.reject(new Error('the first'))))
    expect(error.message).toBe('the first')
  })

  test('shows a rollback that failed for another reason', async () => {
    const { db } = poolOf({ rollback: () => failure('odd', { code: 'EREQUEST', number: 999 }) })
    const error = await refusalOf(db.transaction().execute(() => Promise.reject(new Error('the first'))))
    expect(error.message).toBe('odd')
  })

  test.each<[string, unknown, boolean]>([
    ['closed under a request', closed(), true],
    ['lost under a request', new sql.RequestError(failure('lost', { info: { code: 'ESOCKET' } }), 'EREQUEST'), true],
    ['gone before the request', failure('not logged in', { code: 'EINVALIDSTATE' }), false],
    ['not got from the pool in time', new Error('Failed to acquire a connection from the pool: timed out'), false],
    ['always a victim', deadlock(), false],
    ...[701, 1101, 1105, 3906, 8645, 9002, 10928, 10929, 40197, 40501, 40613].map(
      (number): [string, unknown, boolean] => [
        `short of something (${number})`,
        new sql.RequestError(failure('no room', { info: { number } }), 'EREQUEST'),
        false,
      ],
    ),
  ])('%s: unavailable, and whether something was done may be unknown', (_what, error, unknown) => {
    expect(isUnavailable(error)).toBe(true)
    expect(isOutcomeUnknown(error)).toBe(unknown)
  })

  test('a refusal of the server itself is no outage', () => {
    const refused = failure('truncated', { info: { number: 2628 } })
    expect(isUnavailable(new sql.RequestError(refused, 'EREQUEST'))).toBe(false)
  })
})

describe('a statement of its own', () => {
  test('that lost a deadlock is run again', async () => {
    const errors = [deadlock(), deadlock()]
    const { db, statements } = poolOf({ query: () => errors.pop() })
    await text`select 1`.execute(db)
    expect(statements).toEqual(['select 1', 'select 1', 'select 1'])
  })

  test('that loses every time fails, and one that was refused is not run again', async () => {
    const losing = poolOf({ query: deadlock })
    expect(await refusalOf(text`select 1`.execute(losing.db))).toMatchObject({ number: 1205 })
    const taken = poolOf({ query: () => failure('taken', { number: 2627 }) })
    expect(await refusalOf(text`select 1`.execute(taken.db))).toMatchObject({ number: 2627 })
    expect(taken.statements).toHaveLength(1)
  })
})

describe('a named lock of a transaction', () => {
  const lock = (result: number) => {
    const { db, statements } = poolOf({ query: () => ({ result }) })
    return { statements, done: lockNamed(db as unknown as Db, 'mssql', 'customer:1', 'Shared') }
  }
  test.each([0, 1])('is held where the server answers %i', async (result) => {
    const { statements, done } = lock(result)
    await done
    expect(statements).toEqual([expect.stringMatching(/sp_getapplock.*'Shared'.*'Transaction'/s)])
  })
  test.each([
    [-1, 1222],
    [-2, 1222],
    [-3, 1205],
    [-999, 1222],
  ])('that is refused with %i is told as error %i, after which a transaction is run again', async (result, number) => {
    const error = await refusalOf(lock(result).done)
    expect([error, isTransient(error)]).toEqual([expect.objectContaining({ number }), true])
  })
})

test('a number too large for whole ones is sent as a fraction is', async () => {
  const { db, inputs } = poolOf()
  await text`select ${2 ** 53 - 1}, ${1e21}, ${-(2 ** 70)}`.execute(db)
  expect(inputs).toEqual([
    { type: sql.BigInt, value: '9007199254740991' },
    { type: sql.Float, value: 1e21 },
    { type: sql.Float, value: -(2 ** 70) },
  ])
})

test('a number too close to zero for SQL Server is zero', async () => {
  const { db, inputs } = poolOf()
  await text`select ${5e-324}, ${-2.225e-308}, ${2.2250738585072014e-308}`.execute(db)
  expect(inputs).toEqual([
    { type: sql.Int, value: 0 },
    { type: sql.Int, value: 0 },
    { type: sql.Float, value: 2.2250738585072014e-308 },
  ])
})

describe('a constraint that is there', () => {
  const refused = (...precedingErrors: object[]) => ({
    execute: () => Promise.reject(failure('See previous errors.', { number: 1750, precedingErrors })),
  })
  test('is taken for done, though the last of the two messages does not say so', async () => {
    await unlessExists(refused(failure("already an object named 'fk'", { number: 2714 })))
  })
  test('is not mistaken for one that could not be made', async () => {
    const statement = refused(failure('no unique index', { number: 1776 }))
    expect(await refusalOf(unlessExists(statement))).toMatchObject({ number: 1750 })
  })
})
