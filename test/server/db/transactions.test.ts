import { isTransient, isUniqueViolation } from '../../../server/db/db-error'
import { ENGINES } from '../../support/engines'
import { refusalOf } from './refusal'
import { runWorker } from './worker-process'
import { EMPTY, openProbe, type ProbeDb } from './probe'

describe.each(ENGINES)('transactions on %s', (engine) => {
  let probe: Awaited<ReturnType<typeof openProbe>>
  beforeAll(async () => {
    probe = await openProbe(engine)
  })
  afterAll(() => probe.remove())
  beforeEach(async () => {
    await probe.db.deleteFrom('probe').execute()
  })

  const insert = (on: ProbeDb, id: string, whole = 0) =>
    on
      .insertInto('probe')
      .values({ ...EMPTY, id, whole })
      .execute()
  const ids = async (on: ProbeDb = probe.db) =>
    (await on.selectFrom('probe').select('id').orderBy('id').execute()).map(({ id }) => id)

  test('commit everything and give the result', async () => {
    const result = await probe.transaction(async (trx) => {
      await insert(trx, 'a')
      await insert(trx, 'b')
      return 'done'
    })
    expect(result).toBe('done')
    expect(await ids()).toEqual(['a', 'b'])
  })

  test('leave nothing behind when the work throws', async () => {
    const work = probe.transaction(async (trx) => {
      await insert(trx, 'a')
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await ids()).toEqual([])
  })

  test('leave nothing behind when a part deep inside fails', async () => {
    const inner = async (trx: ProbeDb) => {
      await insert(trx, 'b')
      await insert(trx, 'b')
    }
    const work = probe.transaction(async (trx) => {
      await insert(trx, 'a')
      await inner(trx)
    })
    expect(isUniqueViolation(await refusalOf(work))).toBe(true)
    expect(await ids()).toEqual([])
  })

  test('go on after a refused row that the work expected', async () => {
    await insert(probe.db, 'taken')
    await probe.transaction(async (trx) => {
      await insert(trx, 'a')
      expect(isUniqueViolation(await refusalOf(insert(trx, 'taken')))).toBe(true)
      await insert(trx, 'b')
    })
    expect(await ids()).toEqual(['a', 'b', 'taken'])
  })

  test('see their own rows, which nobody else sees until the commit', async () => {
    let seen: Promise<string[]> | undefined
    await probe.transaction(async (trx) => {
      await insert(trx, 'a')
      expect(await ids(trx)).toEqual(['a'])
      seen = ids() // SQL Server's reader may wait for the end, SQLite's does not
      if (engine === 'sqlite') expect(await seen).toEqual([])
      await trx.deleteFrom('probe').execute()
    })
    expect(await seen).toEqual([])
  })

  test('never show rows that are rolled back', async () => {
    let seen: Promise<string[]> | undefined
    const work = probe.transaction(async (trx) => {
      await insert(trx, 'a')
      seen = ids()
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await seen).toEqual([])
  })

  test('count right when fifty run at once', async () => {
    await insert(probe.db, 'counter', 0)
    const increment = () =>
      probe.transaction(async (trx) => {
        await trx
          .updateTable('probe')
          .set((eb) => ({ whole: eb('whole', '+', 1) }))
          .where('id', '=', 'counter')
          .execute()
        const { whole } = await trx.selectFrom('probe').select('whole').executeTakeFirstOrThrow()
        return whole
      })
    const seen = await Promise.all(Array.from({ length: 50 }, increment))
    expect(seen.toSorted((a, b) => a! - b!)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  test('leave the connection usable after many failures', async () => {
    const fail = () => probe.transaction(() => Promise.reject(new Error('no')))
    const results = await Promise.allSettled(Array.from({ length: 40 }, fail))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    await probe.transaction((trx) => insert(trx, 'after'))
    expect(await ids()).toEqual(['after'])
  })

  test('tell a unique violation from other refusals', async () => {
    await insert(probe.db, 'a')
    expect(isUniqueViolation(await refusalOf(insert(probe.db, 'a')))).toBe(true)
    const name = { name: 'twice' } as never
    await probe.db.insertInto('numbered').values(name).execute()
    expect(isUniqueViolation(await refusalOf(probe.db.insertInto('numbered').values(name).execute()))).toBe(true)
    const missing = { name: null } as never
    expect(isUniqueViolation(await refusalOf(probe.db.insertInto('numbered').values(missing).execute()))).toBe(false)
    expect(isUniqueViolation(await refusalOf(insert(probe.db, null as never)))).toBe(false)
  })

  describe('that fail for a passing reason', () => {
    const passing = () =>
      Object.assign(new Error('try again'), engine === 'sqlite' ? { code: 'SQLITE_BUSY' } : { number: 1205 })

    test('run again from the start', async () => {
      let attempts = 0
      await probe.transaction(async (trx) => {
        await insert(trx, `attempt-${++attempts}`)
        if (attempts < 3) throw passing()
      })
      expect(attempts).toBe(3)
      expect(await ids()).toEqual(['attempt-3'])
    })
    test('give up after four attempts with the reason', async () => {
      let attempts = 0
      const work = probe.transaction(async () => {
        attempts++
        throw passing()
      })
      expect(isTransient(await refusalOf(work))).toBe(true)
      expect(attempts).toBe(4)
    })
    test('are not run again for any other reason', async () => {
      let attempts = 0
      const work = probe.transaction(async (trx) => {
        attempts++
        await insert(trx, 'a')
        await insert(trx, 'a')
      })
      expect(isUniqueViolation(await refusalOf(work))).toBe(true)
      expect(attempts).toBe(1)
    })
  })

  test('of several processes wait for each other and lose nothing', async () => {
    await insert(probe.db, 'counter', 0)
    const workers = Array.from({ length: 3 }, () => runWorker('increment', probe.config))
    await Promise.all(workers)
    const { whole } = await probe.db.selectFrom('probe').select('whole').executeTakeFirstOrThrow()
    expect(whole).toBe(3 * 100)
  })
})

if (ENGINES.includes('mssql'))
  describe('a deadlock on mssql', () => {
    test('ends with both transactions done, the victim at its second attempt', async () => {
      const probe = await openProbe('mssql')
      for (const id of ['a', 'b'])
        await probe.db
          .insertInto('probe')
          .values({ ...EMPTY, id, whole: 0 })
          .execute()
      let attempts = 0
      let arrived = 0
      let open!: () => void
      const bothHoldOne = new Promise<void>((resolve) => (open = resolve))
      const increment = (trx: ProbeDb, id: string) =>
        trx
          .updateTable('probe')
          .set((eb) => ({ whole: eb('whole', '+', 1) }))
          .where('id', '=', id)
          .execute()
      const crossing = (first: string, second: string) =>
        probe.transaction(async (trx) => {
          attempts++
          await increment(trx, first)
          if (++arrived === 2) open()
          await bothHoldOne
          await increment(trx, second)
        })
      await Promise.all([crossing('a', 'b'), crossing('b', 'a')])
      expect(attempts).toBeGreaterThan(2)
      const rows = await probe.db.selectFrom('probe').select('whole').execute()
      expect(rows).toEqual([{ whole: 2 }, { whole: 2 }])
      await probe.remove()
    })
  })
