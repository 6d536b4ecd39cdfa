import { gather } from '../../../server/db/gather'

test('what comes together is one call, what comes meanwhile the next; each gets its own answer', async () => {
  const calls: number[][] = []
  const double = gather<number, number>(3, async (items) => {
    calls.push(items)
    return items.map((item) => item * 2)
  })
  const first = Promise.all([1, 2, 3, 4].map(double))
  expect(await first).toEqual([2, 4, 6, 8])
  expect(await double(5)).toBe(10)
  expect(calls).toEqual([[1, 2, 3], [4], [5]])
})

test('a call that fails is the failure of its items alone', async () => {
  const store = gather<string, boolean>(2, async (items) => {
    if (items.includes('bad')) throw new Error('disk full')
    return items.map(() => true)
  })
  const answers = await Promise.allSettled(['good', 'bad', 'later'].map(store))
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  expect(await store('good')).toBe(true)
})
