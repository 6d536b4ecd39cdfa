import { ENGINES } from '../../support/engines'
import { EMPTY, openProbe } from './probe'
import { refusalOf } from './refusal'

const ROWS = 1000

describe.each(ENGINES)('streams on %s', (engine) => {
  let probe: Awaited<ReturnType<typeof openProbe>>
  beforeAll(async () => {
    probe = await openProbe(engine)
    for (let start = 0; start < ROWS; start += 100)
      await probe.db
        .insertInto('probe')
        .values(Array.from({ length: 100 }, (_, i) => ({ ...EMPTY, id: `row-${start + i}`, whole: start + i })))
        .execute()
  })
  afterAll(() => probe.remove())

  const rows = () => probe.db.selectFrom('probe').select(['whole', 'flag', 'at']).orderBy('whole').stream()
  const addName = (name: string) =>
    probe.db
      .insertInto('numbered')
      .values({ name } as never)
      .execute()
  const names = async () => (await probe.db.selectFrom('numbered').select('name').execute()).map(({ name }) => name)

  test('give every row once, in order', async () => {
    const seen: (number | null)[] = []
    for await (const { whole } of rows()) seen.push(whole)
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, i) => i))
  })

  test('convert values as other queries do', async () => {
    await probe.db
      .insertInto('probe')
      .values({ ...EMPTY, id: 'typed', whole: -1, flag: true, at: new Date(5), big: 2 ** 40 })
      .execute()
    for await (const row of probe.db
      .selectFrom('probe')
      .select(['flag', 'at', 'big'])
      .where('id', '=', 'typed')
      .stream())
      expect(row).toEqual({ flag: true, at: new Date(5), big: 2 ** 40 })
    await probe.db.deleteFrom('probe').where('id', '=', 'typed').execute()
  })

  test('may be left early, again and again', async () => {
    for (let i = 0; i < 30; i++) for await (const { whole } of rows()) if (whole === 3) break
    await addName('after')
    expect(await names()).toContain('after')
  })

  test('do not keep others from writing and from seeing what was written', async () => {
    let count = 0
    for await (const _row of rows())
      if (count++ === 150) await addName('meanwhile')
      else if (count === 300) expect(await names()).toContain('meanwhile')
    expect(count).toBe(ROWS)
  })

  test('let other work go on between rows', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    for await (const _row of rows());
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  test('several at once do not disturb each other', async () => {
    const count = async () => {
      let seen = 0
      for await (const _row of rows()) seen++
      return seen
    }
    expect(await Promise.all(Array.from({ length: 5 }, count))).toEqual(Array(5).fill(ROWS))
  })

  test('in a transaction see its own rows', async () => {
    const seen: string[] = []
    await probe.transaction(async (trx) => {
      await trx
        .insertInto('numbered')
        .values({ name: 'own' } as never)
        .execute()
      for await (const { name } of trx.selectFrom('numbered').select('name').stream()) seen.push(name)
    })
    expect(seen).toContain('own')
  })

  test('tell what is wrong with a query', async () => {
    const broken = probe.db
      .selectFrom('missing' as never)
      .selectAll()
      .stream()
    expect((await refusalOf(broken.next())).message).toMatch(/missing/)
    await addName('still-usable')
  })
})
