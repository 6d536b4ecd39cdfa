import { ENGINES } from '../../support/engines'
import { EMPTY, openProbe, type ProbeTable } from './probe'
import { refusalOf } from './refusal'

describe.each(ENGINES)('values on %s', (engine) => {
  let probe: Awaited<ReturnType<typeof openProbe>>
  let next = 0
  beforeAll(async () => {
    probe = await openProbe(engine)
  })
  afterAll(() => probe.remove())

  async function roundTrip<K extends keyof ProbeTable>(column: K, value: ProbeTable[K]): Promise<ProbeTable[K]> {
    const id = `row-${++next}`
    await probe.db
      .insertInto('probe')
      .values({ ...EMPTY, id, [column]: value })
      .execute()
    const row = await probe.db.selectFrom('probe').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    return row[column]
  }

  test.each([
    '2026-03-01T23:59:59.987Z',
    '2026-02-28T16:00:00.000Z',
    '1969-12-31T23:59:59.001Z',
    '1900-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('keep the instant %s to the millisecond', async (iso) => {
    expect(await roundTrip('at', new Date(iso))).toEqual(new Date(iso))
  })

  test.each([true, false])('keep the flag %s', async (flag) => {
    expect(await roundTrip('flag', flag)).toBe(flag)
  })

  test.each([0, -1, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_991, -9_007_199_254_740_991])(
    'keep the whole number %s as a number',
    async (big) => {
      expect(await roundTrip('big', big)).toBe(big)
    },
  )
  test('take a bigint and give a number', async () => {
    expect(await roundTrip('big', 9_007_199_254_740_991n)).toBe(9_007_199_254_740_991)
  })

  test.each([0.1, -121.473_701_5, 1e-9, 3, 1.797e308])('keep the fraction %s', async (ratio) => {
    expect(await roundTrip('ratio', ratio)).toBe(ratio)
  })

  test.each([
    ['nothing in it', ''],
    ['blanks around it', '  x  '],
    ['a quote and SQL', `'; drop table probe; --"\\`],
    ['lines', 'a\r\nb\tc'],
    ['emoji and rare characters', '🔬𠮷👩‍🔧é'],
    ['4,000 characters', '仪'.repeat(4000)],
    ['more than 4,000 characters', '仪'.repeat(4001)],
    ['half a megabyte', '🔬'.repeat(125_000)],
  ])('keep a text with %s', async (_what, note) => {
    expect(await roundTrip('note', note)).toBe(note)
  })

  test.each(['at', 'flag', 'big', 'whole', 'ratio', 'note', 'label'] as const)('keep null in %s', async (column) => {
    expect(await roundTrip(column, null)).toBeNull()
  })

  test('find a row by an instant and by a flag', async () => {
    const at = new Date('2026-05-06T07:08:09.123Z')
    await probe.db
      .insertInto('probe')
      .values({ ...EMPTY, id: 'found', at, flag: true })
      .execute()
    const found = (time: Date, flag: boolean) =>
      probe.db.selectFrom('probe').select('id').where('at', '=', time).where('flag', '=', flag).execute()
    expect(await found(at, true)).toEqual([{ id: 'found' }])
    expect(await found(new Date(at.getTime() + 1), true)).toEqual([])
    expect(await found(at, false)).toEqual([])
  })

  test('order instants before and after 1970 by time', async () => {
    const times = ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']
    await probe.db
      .insertInto('probe')
      .values(times.map((time, i) => ({ ...EMPTY, id: `t-${i}`, at: new Date(time) })).toReversed())
      .execute()
    const rows = await probe.db.selectFrom('probe').select('id').where('id', 'like', 't-%').orderBy('at').execute()
    expect(rows.map(({ id }) => id)).toEqual(['t-0', 't-1', 't-2'])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuse %s', async (ratio) => {
    expect((await refusalOf(roundTrip('ratio', ratio))).name).toBe('TypeError')
  })
  test('refuse an object', async () => {
    expect((await refusalOf(roundTrip('note', { not: 'text' } as never))).name).toBe('TypeError')
  })

  test('refuse a text longer than its column', async () => {
    expect(await roundTrip('label', '十个字十个字十个字十')).toBe('十个字十个字十个字十')
    expect((await refusalOf(roundTrip('label', '十个字十个字十个字十一'))).message).toMatch(
      /CHECK constraint|truncated/,
    )
  })

  test('number rows by themselves', async () => {
    const names = ['a', 'b']
    for (const name of names)
      await probe.db
        .insertInto('numbered')
        .values({ name } as never)
        .execute()
    const rows = await probe.db.selectFrom('numbered').selectAll().orderBy('id').execute()
    expect(rows).toEqual([
      { id: expect.any(Number), name: 'a' },
      { id: rows[0]!.id + 1, name: 'b' },
    ])
  })
})
