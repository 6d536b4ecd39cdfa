import { buildFile, buildForm, buildPdf } from '../../support/builders'
import { freePort } from '../../support/ports'
import { useServerData } from '../../support/server-data'
import { startServer } from '../../support/server-process'

describe('links to files', () => {
  const data = useServerData('sqlite')

  test('start with the address the server has by default, and open', async () => {
    const server = await startServer({ ...data.env, PORT: String(await freePort()) })
    const token = await server.api.customer('demo-links')
    const form = buildForm({}, [['file', buildFile(buildPdf(), '报告.pdf')]])
    const { url } = (await server.api.upload('/api/v1/files', form, { token })).body.data
    expect(url).toMatch(new RegExp(`^http://localhost:${new URL(server.url).port}/api/v1/files/`))
    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(buildPdf())
    expect(await server.stop()).toMatchObject({ code: 0 })
  })
})
