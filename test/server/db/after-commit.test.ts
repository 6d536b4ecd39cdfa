import type { Trx } from '../../../server/db/database'
import { createCommits } from '../../../server/db/after-commit'

const trx = () => ({}) as Trx

describe('after a commit', () => {
  test('hooks are called once, and not before', async () => {
    const order: string[] = []
    const { transaction, afterCommit } = createCommits(async (work) => {
      const result = await work(trx())
      order.push('commit')
      return result
    })
    const hook = () => void order.push('hook')
    const result = await transaction(async (on) => {
      afterCommit(on, hook)
      afterCommit(on, hook)
      order.push('work')
      return 7
    })
    expect([result, order]).toEqual([7, ['work', 'commit', 'hook']])
  })

  test('a transaction that fails calls nobody', async () => {
    const hook = jest.fn()
    const { transaction, afterCommit } = createCommits((work) => work(trx()))
    const failing = transaction(async (on) => {
      afterCommit(on, hook)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(hook).not.toHaveBeenCalled()
  })

  test('of a transaction that is run again only the last run counts', async () => {
    const [first, second] = [jest.fn(), jest.fn()]
    const hooks = [first, second]
    const { transaction, afterCommit } = createCommits(async (work) => {
      await work(trx())
      return work(trx())
    })
    await transaction(async (on) => afterCommit(on, hooks.shift()!))
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1])
  })

  test('a transaction that nobody watches is let be', () => {
    const { afterCommit } = createCommits((work) => work(trx()))
    expect(() => afterCommit(trx(), () => {})).not.toThrow()
  })
})
