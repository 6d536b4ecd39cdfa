import { isUniqueViolation } from '../../../server/db/db-error'
import { createWxworkRepository } from '../../../server/features/wxwork/repository'
import { refusalOf } from '../db/refusal'
import { ENGINES } from '../../support/engines'
import { startWxworkApp, type WxworkApp } from '../../support/wxwork'

describe.each(ENGINES)('the listing of all contacts on %s', (engine) => {
  let app: WxworkApp
  beforeEach(async () => {
    app = await startWxworkApp({ engine })
    await app.logIn()
  })
  afterEach(() => app.close())

  const listing = async () => (await app.get('/contacts/all')).body.listing
  const finished = () => app.until(async () => (await listing()).state !== 'running')
  const pages = () => [app.calls('GetInnerContacts'), app.calls('GetExternalContacts')]

  test('is kept, with everybody in it, and begins anew when it is asked for again', async () => {
    expect(await listing()).toBeNull()
    expect((await app.post('/contacts/all')).body.listing).toMatchObject({ state: 'running', innerCount: 0 })
    await finished()
    const { inner, external } = await listing()
    expect([inner.length, external.length]).toEqual([23, 23])
    await app.post('/contacts/all')
    await finished()
    expect(await listing()).toMatchObject({ state: 'done', innerCount: 23, externalCount: 23 })
    expect((await listing()).inner).toHaveLength(23)
    expect(pages()).toEqual([2, 2])
  })

  test('that several ask for at once begins once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => app.post('/contacts/all')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await finished()
    expect(await listing()).toMatchObject({ state: 'done', innerCount: 23, externalCount: 23 })
    expect(pages()).toEqual([1, 1])
  })

  test('that is under way is not begun again by a process that has not seen it yet', async () => {
    const { database } = app.context
    const { beginListing } = createWxworkRepository(database)
    const begin = (owner: string) =>
      database.transaction((trx) =>
        beginListing({ sessionId: 's', owner, now: app.clock.now(), until: app.clock.now() }, trx),
      )
    await begin('one')
    expect(isUniqueViolation(await refusalOf(begin('two')))).toBe(true)
    await database.db.updateTable('wxwork_listing').set({ state: 'failed' }).execute()
    await begin('two')
    expect(await database.db.selectFrom('wxwork_listing').select('owner').execute()).toEqual([{ owner: 'two' }])
  })

  test('that a dead process left half done goes on from the page it had reached', async () => {
    await app.post('/contacts/all')
    await finished()
    const { db } = app.context.database
    await db.deleteFrom('wxwork_contact_page').where('kind', '=', 'external').execute()
    const dead = { owner: 'dead', owned_until: app.clock.now(), state: 'running', external_count: 0 } as const
    await db
      .updateTable('wxwork_listing')
      .set({ ...dead, kind: 'external', str_seq: '', page_no: 1, finished_at: null })
      .execute()
    expect(await listing()).toMatchObject({ state: 'running', innerCount: 23, externalCount: 0 })
    await app.context.wxworkListings.resume()
    expect((await listing()).state).toBe('running')

    app.clock.advance(1)
    await app.context.wxworkListings.resume()
    await finished()
    expect(await listing()).toMatchObject({ state: 'done', innerCount: 23, externalCount: 23 })
    expect((await listing()).external).toHaveLength(23)
    expect(pages()).toEqual([1, 2])
  })

  test('that the gateway breaks off says so and keeps what it had', async () => {
    app.gateway.control({ refuse: { action: 'GetExternalContacts' } })
    await app.post('/contacts/all')
    await finished()
    expect(await listing()).toMatchObject({ state: 'failed', innerCount: 23, error: '网关没有给出全部联系人' })
  })
})
