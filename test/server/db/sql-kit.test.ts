import type { Db } from '../../../server/db/database'
import { isUniqueViolation } from '../../../server/db/db-error'
import {
  columnTypes,
  contains,
  exclusively,
  exists,
  first,
  foreignKey,
  hasUniqueIndex,
  paged,
  prepare,
  unlessExists,
} from '../../../server/db/sql-kit'
import { ENGINES } from '../../support/engines'
import { EMPTY, openProbe } from './probe'
import { refusalOf } from './refusal'

describe.each(ENGINES)('the SQL kit on %s', (engine) => {
  let probe: Awaited<ReturnType<typeof openProbe>>
  beforeAll(async () => {
    probe = await openProbe(engine)
    const letters = ['a', 'b', 'c', 'd', 'e']
    await probe.db
      .insertInto('probe')
      .values(letters.map((id, whole) => ({ ...EMPTY, id, whole })))
      .execute()
  })
  afterAll(() => probe.remove())

  const ordered = () => probe.db.selectFrom('probe').select('id').orderBy('id')
  const page = async (number: number, size: number) =>
    (await paged(ordered(), engine, { page: number, size }).execute()).map(({ id }) => id).join('')

  describe('paged', () => {
    test.each([
      [1, 2, 'ab'],
      [2, 2, 'cd'],
      [3, 2, 'e'],
      [4, 2, ''],
      [1, 100, 'abcde'],
      [1_000_000, 100, ''],
    ])('page %i of %i rows', async (number, size, rows) => {
      expect(await page(number, size)).toBe(rows)
    })
  })

  test('first takes the first rows of the order', async () => {
    expect(await first(ordered(), engine, 2).execute()).toEqual([{ id: 'a' }, { id: 'b' }])
    expect(await first(ordered().where('id', '>', 'z'), engine, 2).execute()).toEqual([])
  })

  describe('contains', () => {
    const texts = ['50%', '50 x', 'a_b', 'axb', '[ab]', 'a', 'back\\slash', "it's", 'ABC', '仪器']
    const found = async (part: string) => {
      const rows = await probe.db
        .selectFrom('numbered')
        .select('name')
        .where(contains('name', part))
        .orderBy('id')
        .execute()
      return rows.map(({ name }) => name)
    }
    beforeAll(async () => {
      for (const name of texts)
        await probe.db
          .insertInto('numbered')
          .values({ name } as never)
          .execute()
    })

    test.each([
      ['%', ['50%']],
      ['0%', ['50%']],
      ['_', ['a_b']],
      ['[', ['[ab]']],
      ['[ab]', ['[ab]']],
      [']', ['[ab]']],
      ['\\', ['back\\slash']],
      ['\\s', ['back\\slash']],
      ["'", ["it's"]],
      ["' or 1 = 1 --", []],
      ['ABC', ['ABC']],
      // SQL Server compares as the database's collation says.
      ...(engine === 'sqlite' ? [['abc', ['ABC']] as [string, string[]]] : []),
      ['器', ['仪器']],
      ['', texts],
    ])('%s is taken literally', async (part, names) => {
      expect(await found(part)).toEqual(names)
    })
  })

  describe('prepare', () => {
    test('runs one compiled query with the values of each call', async () => {
      const byWhole = prepare<{ whole: number }, { id: string }>(probe.raw, (value) =>
        probe.db.selectFrom('probe').select('id').where('whole', '=', value('whole')),
      )
      expect(await Promise.all([byWhole({ whole: 1 }), byWhole({ whole: 3 }), byWhole({ whole: 9 })])).toEqual([
        [{ id: 'b' }],
        [{ id: 'd' }],
        [],
      ])
    })
    test('keeps constants, takes a value twice, and null', async () => {
      const query = prepare<{ text: string | null }, { id: string }>(probe.raw, (value) =>
        probe.db
          .selectFrom('probe')
          .select('id')
          .where('whole', '<', 3)
          .where((eb) => eb.or([eb('id', '=', value('text')), eb('note', '=', value('text'))])),
      )
      expect(await query({ text: 'b' })).toEqual([{ id: 'b' }])
      expect(await query({ text: 'e' })).toEqual([])
      expect(await query({ text: null })).toEqual([])
    })
    test('runs in the transaction it is given', async () => {
      const insert = prepare<{ id: string }, never>(
        probe.raw,
        (value) => probe.db.insertInto('probe').values({ ...EMPTY, id: value('id') }) as never,
      )
      const work = probe.transaction(async (trx) => {
        await insert({ id: 'gone' }, trx as unknown as Db)
        throw new Error('no')
      })
      await expect(work).rejects.toThrow('no')
      expect(await ordered().where('id', '=', 'gone').execute()).toEqual([])
    })
  })

  test('exists finds tables and columns', async () => {
    expect(await exists(probe.raw, engine, 'probe')).toBe(true)
    expect(await exists(probe.raw, engine, 'nothing')).toBe(false)
    expect(await exists(probe.raw, engine, 'probe', 'ratio')).toBe(true)
    expect(await exists(probe.raw, engine, 'probe', 'nothing')).toBe(false)
    expect(await exists(probe.raw, engine, "pro'be", "' or 1=1")).toBe(false)
  })

  test('hasUniqueIndex finds an index over exactly this column, whatever its name', async () => {
    const { schema } = probe.raw
    const has = (column: string) => hasUniqueIndex(probe.raw, engine, 'probe', column)
    expect(await hasUniqueIndex(probe.raw, engine, 'numbered', 'name')).toBe(true)
    expect(await hasUniqueIndex(probe.raw, engine, 'nothing', 'name')).toBe(false)
    await schema.createIndex('ix_probe_label').on('probe').column('label').execute()
    await schema.createIndex('uq_probe_pair').unique().on('probe').columns(['id', 'label']).execute()
    expect(await has('label')).toBe(false)
    await schema
      .createIndex('some_name')
      .unique()
      .on('probe')
      .column('label')
      .where('label' as never, 'is not', null)
      .execute()
    expect(await has('label')).toBe(true)
  })

  test('unlessExists takes what is there for done, and nothing else', async () => {
    const { schema } = probe.raw
    const { int, text } = columnTypes(engine)
    const table = () => schema.createTable('twice').addColumn(...int('a', true))
    const column = () => schema.alterTable('twice').addColumn(...text('b', 10, false))
    const index = () => schema.createIndex('ix_twice').on('twice').column('a')
    for (const statement of [table, column, index]) {
      await unlessExists(statement())
      await unlessExists(statement())
    }
    const onMissing = schema.alterTable('missing').addColumn('a', 'integer')
    expect((await refusalOf(unlessExists(onMissing))).message).toMatch(/missing/)
  })

  test('foreignKey lets no row point nowhere', async () => {
    const { key } = columnTypes(engine)
    const reference = foreignKey(engine, 'probe_id', 'probe')
    const [name, type, modifier] = columnTypes(engine).text('probe_id', 36, true)
    await probe.raw.schema
      .createTable('child')
      .addColumn(...key('id', 36))
      .addColumn(name, type, (column) => reference.inline(modifier(column)))
      .execute()
    await reference.constrain(probe.raw, 'child')
    await reference.constrain(probe.raw, 'child')
    const insert = (probe_id: string) =>
      probe.raw
        .insertInto('child' as never)
        .values({ id: probe_id, probe_id } as never)
        .execute()
    await insert('a')
    const refusal = await refusalOf(insert('nowhere'))
    expect(refusal.message).toMatch(/foreign key/i)
    expect(isUniqueViolation(refusal)).toBe(false)
  })

  test('exclusively gives the result, and the lock back when the work fails', async () => {
    const run = (work: () => Promise<string>) => exclusively(probe.raw, engine, 'work', work)
    expect(await run(async () => 'done')).toBe('done')
    await expect(run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await run(async () => 'again')).toBe('again')
  })

  if (engine === 'mssql')
    test('exclusively lets nobody else work under the same name', async () => {
      const log: string[] = []
      const work = (name: string) =>
        exclusively(probe.raw, engine, 'turns', async () => {
          log.push(`${name} in`)
          await probe.db.selectFrom('probe').select('id').execute()
          log.push(`${name} out`)
        })
      await Promise.all([work('a'), work('b'), work('c')])
      const turns = [0, 2, 4].map((i) => log.slice(i, i + 2))
      for (const [entered, left] of turns) expect(left).toBe(entered!.replace('in', 'out'))
    })
})
