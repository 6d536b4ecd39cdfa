import { startNgsSandbox } from '../../../server/sandbox/ngs'
import { ENGINES } from '../../support/engines'
import { useServerData } from '../../support/server-data'
import { startServer } from '../../support/server-process'
import { until } from '../../support/until'

const NGS_TOKEN = 'ngs-token-of-the-test-4711'
const ORDER = { mapId: 'M1', customerGuid: 'C1', objective: { stringfield1: 'T202603020001' } }

describe.each(ENGINES)('kill −9 while ngs has a proxied order (%s)', (engine) => {
  const data = useServerData(engine)
  let ngs: Awaited<ReturnType<typeof startNgsSandbox>>
  beforeEach(async () => {
    ngs = await startNgsSandbox({ token: NGS_TOKEN })
  })
  afterEach(() => ngs.close())

  test('the same key does not make a second one', async () => {
    const env = { ...data.env, NGS_BASE_URL: ngs.url, NGS_TOKEN }
    const first = await startServer(env)
    const admin = { token: await first.api.staff('admin@example.com') }
    const headers = { 'idempotency-key': 'order-1' }
    ngs.control({ latencyMs: 1_500 })
    const lost = first.api.post('/ngs/wo/save', ORDER, { ...admin, headers }).catch(() => null)
    await until(() => ngs.requests().length > 0, 'the call to ngs')
    first.child.kill('SIGKILL')
    expect(await lost).toBeNull()
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' })
    ngs.control({ latencyMs: 0 })

    const second = await startServer(env)
    const again = await second.api.post('/ngs/wo/save', ORDER, { ...admin, headers })
    expect([again.status, again.body.code]).toEqual([502, 0])
    expect(ngs.requests()).toHaveLength(1)
    const other = await second.api.post('/ngs/wo/save', ORDER, { ...admin, headers: { 'idempotency-key': 'order-2' } })
    expect(other.body).toMatchObject({ code: 1 })
    expect(await second.stop()).toMatchObject({ code: 0 })
  }, 120_000)
})
