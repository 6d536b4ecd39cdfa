import { createWxworkRepository } from '../../../server/features/wxwork/repository'
import { optionsPurpose, resealOptions } from '../../../server/features/wxwork/sealing'
import { createVault } from '../../../server/vault'
import { ENGINES } from '../../support/engines'
import { startWxworkApp, type WxworkApp } from '../../support/wxwork'

describe.each(ENGINES)('a changed DATA_KEY on %s', (engine) => {
  let app: WxworkApp
  beforeEach(async () => {
    app = await startWxworkApp({ engine })
  })
  afterEach(() => app.close())

  test('reaches the proxy settings of gateway accounts, and the previous key is no longer needed', async () => {
    await app.post('/init', { ip: '10.0.0.1', userName: 'proxy', passward: 'secret-of-the-proxy' })
    const { database } = app.context
    const repository = createWxworkRepository(database)
    const stored = async () => (await repository.list())[0]!
    expect((await stored()).init_options).not.toContain('secret-of-the-proxy')

    const current = Buffer.alloc(32, 7)
    const alone = createVault({ current })
    const read = async () => {
      const { id, init_options } = await stored()
      return alone.open(init_options!, optionsPurpose(id))
    }
    await expect(read()).rejects.toThrow('unknown key')
    const both = createVault({ current, previous: app.secrets.dataKey })
    expect(await resealOptions({ repository, transaction: database.transaction }, both)).toBe(1)
    expect(await resealOptions({ repository, transaction: database.transaction }, both)).toBe(0)
    expect(JSON.parse(await read())).toMatchObject({ ip: '10.0.0.1', passward: 'secret-of-the-proxy' })
  })
})
