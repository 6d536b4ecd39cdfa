import { AppError } from '../../../server/errors/app-error'
import { createLocalInFlight } from '../../../server/features/idempotency/in-flight'
import { createIdempotencyRepository } from '../../../server/features/idempotency/repository'
import { createIdempotency, type Once } from '../../../server/features/idempotency/service'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

/** Two servers that know of each other's requests only by what stands in the database. */
describe.each(ENGINES)('the same request at two processes, on %s', (engine) => {
  let app: TestApp
  beforeEach(async () => {
    app = await startTestApp({ engine })
  })
  afterEach(() => app.close())

  const request = { owner: 'staff:1', route: 'claim', key: 'k', fingerprint: 'same' }
  const processOf = () => {
    const repository = createIdempotencyRepository(app.context.database)
    return createIdempotency({ repository, inFlight: createLocalInFlight(), now: app.clock.now })
  }
  const save = (once: Once, answer: unknown) => app.context.database.transaction((trx) => once.save(trx, answer))

  /** The first comes through while the second is at work, which then meets what the first has done. */
  const second = (changes: object, refusal: Error) =>
    processOf().run({ ...request, ...changes }, async () => {
      await processOf().run(request, async (once) => {
        await save(once, 'taken')
        return 'taken'
      })
      throw refusal
    })

  test('gets the first one’s answer where a rule refuses what is done already', async () => {
    expect(await second({}, new AppError('ALREADY_ASSIGNED'))).toBe('taken')
  })

  test('keeps its refusal under another key', async () => {
    await expect(second({ key: 'other' }, new AppError('ALREADY_ASSIGNED'))).rejects.toMatchObject({
      code: 'ALREADY_ASSIGNED',
    })
  })

  test('does not hide a fault of ours', async () => {
    await expect(second({}, new Error('broken'))).rejects.toThrow('broken')
  })
})
