import fs from 'node:fs'
import { startWxworkSandbox, type WxworkSandbox } from '../../../server/sandbox/wxwork'
import { cleanUp, removeTemplate, startServer, usedDataDir } from '../../support/server-process'
import { until } from '../../support/until'

let gateway: WxworkSandbox
afterEach(async () => {
  cleanUp()
  await gateway.close()
})
afterAll(removeTemplate)

type Server = Awaited<ReturnType<typeof startServer>>

test('kill −9 keeps session, events and queue; the account stays online and no message leaves twice', async () => {
  gateway = await startWxworkSandbox()
  const dataDir = await usedDataDir()
  const env = { DATA_DIR: dataDir, WXWORK_BASE_URL: gateway.url, MONITOR_INTERVAL_MS: '500' }
  const connect = async (server: Server) => {
    const token = await server.api.staff('admin@example.com')
    const post = (path: string, json: object = {}) => server.api.post(`/api${path}`, json, { token })
    const get = async (path: string) => (await server.api.get(`/api${path}`, { token })).body
    return { post, get, online: async () => (await get('/sessions')).sessions[0].state === 'ONLINE' }
  }

  const first = await startServer(env)
  const one = await connect(first)
  await one.post('/start-login')
  await one.post('/check-code', { code: '123456' })
  await until(one.online, 'the login')
  const { uuid, vid } = (await one.get('/state')).active
  for (let i = 0; i < 4; i++) void one.post('/send-text', { send_userid: 'u', content: String(i) }).catch(() => {})
  await until(async () => (await one.get('/messages')).messages.length === 4, 'the queueing')
  first.child.kill('SIGKILL')
  await first.ended
  gateway.control({ restart: true })

  const two = await connect(await startServer(env))
  expect((await two.get('/state')).active).toMatchObject({ vid })
  await until(two.online, 'the new login')
  expect((await two.get('/state')).active.uuid).not.toBe(uuid)
  await until(async () => (await two.get('/sessions')).sessions[0].queued === 0, 'the sending')
  const sent = gateway.messages().map(({ content }) => content as string)
  expect(new Set(sent).size).toBe(sent.length)
  const states = (await two.get('/messages')).messages.map(({ state }: { state: string }) => state)
  expect(states).toHaveLength(4)
  for (const state of states) expect(['SENT', 'UNKNOWN', 'FAILED']).toContain(state)
  expect((await two.get('/events')).events.map(({ stage }: { stage: string }) => stage)).toContain('CheckCode')
  expect(gateway.requests().filter(({ path }) => path.endsWith('getQrCode'))).toHaveLength(1)
  expect(fs.existsSync(dataDir)).toBe(true)
}, 120_000)
