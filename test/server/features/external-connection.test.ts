import { AsyncLocalStorage } from 'node:async_hooks'
import { type ExternalSiteApp, startExternalSite } from '../../support/external-site'

let external: ExternalSiteApp
beforeEach(async () => {
  external = await startExternalSite()
})
afterEach(async () => {
  jest.useRealTimers()
  await external.close()
})

test('a pull goes on with the connection it began with after an admin had the site checked', async () => {
  const { externalSessions, externalSystems } = external.app.context
  const { credential } = await externalSessions.hold({ system: 'city', account: 'op1' })
  const { site } = await externalSystems.open('city')
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date', 'setInterval', 'clearInterval'] })
  externalSystems.forgetFailures(await externalSystems.get('city'))
  jest.advanceTimersByTime(10 * 60_000)
  jest.useRealTimers()
  expect(await site.list(credential, 'op1', { page: 1, since: null })).toMatchObject({ rows: 20 })
})

/** What every promise of the process carries: Node copies each of them to every new one. */
const carried = () => Object.getOwnPropertySymbols(Promise.resolve()).length

test('a connection made anew, again and again, leaves nothing on what the process does afterwards', async () => {
  const connectAnew = async () => {
    expect((await external.check()).status).toBe(200)
  }
  await connectAnew()
  const before = carried()
  if (before > 0) new AsyncLocalStorage().run(1, () => expect(carried()).toBe(before + 1))
  const since = carried()
  for (let round = 0; round < 5; round++) await connectAnew()
  expect(carried()).toBe(since)
})
