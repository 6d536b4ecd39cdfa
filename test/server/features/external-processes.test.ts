import { fork } from 'node:child_process'
import path from 'node:path'
import { dump, type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import type { EnsureRequest } from './external-process'

let external: ExternalSiteApp
afterEach(() => external.close())

/** Another server process on the same database; it asks for the session from the moment it is told to. */
function startProcess(request: EnsureRequest) {
  const child = fork(path.join(__dirname, 'external-process.ts'), { execArgv: ['--import', 'tsx'] })
  const messages: { ready?: true; tokens?: number[] }[] = []
  const next = (has: 'ready' | 'tokens') =>
    new Promise<number[]>((resolve, reject) => {
      child.on('message', (message: (typeof messages)[number]) => {
        if (message[has]) resolve(message.tokens ?? [])
      })
      child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
    })
  const [ready, done] = [next('ready'), next('tokens')]
  done.catch(() => {})
  child.send(request)
  return { ready, done, go: () => child.send('go') }
}

test('two processes make one login', async () => {
  external = await startExternalSite({ now: () => new Date() })
  external.site.control({ latencyMs: 100 })
  const { config } = external.app
  const request = { dataDir: config.dataDir, database: config.database, siteUrl: external.site.url, callers: 20 }
  const processes = [startProcess(request), startProcess(request)]
  await Promise.all(processes.map(({ ready }) => ready))
  for (const { go } of processes) go()
  const tokens = (await Promise.all(processes.map(({ done }) => done))).flat()
  expect(tokens).toHaveLength(40)
  expect(new Set(tokens).size).toBe(1)
  expect(external.site.counts()).toMatchObject({ logins: 1, loggedIn: 1 })
  expect(await dump(external.app)).not.toContain('sandbox-Passw0rd')
}, 60_000)
