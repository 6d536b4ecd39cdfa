import { once } from 'node:events'
import fs from 'node:fs'
import http, { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { SERVER_FILE } from '../../../server/cli/server-bundle'
import { buildFile, buildPng, buildSubmission } from '../../support/builders'
import { tempDir } from '../../support/engines'
import { openEventStream } from '../../support/event-stream'
import { freePort } from '../../support/ports'
import { follow, launch, removeTemplate, startServer, cleanUp, usedDataDir } from '../../support/server-process'
import { until } from '../../support/until'

/** Servers are started as processes, several a test. */
jest.setTimeout(60_000)

let dataDir: string
beforeEach(() => (dataDir = tempDir()))
afterEach(() => {
  cleanUp()
  fs.rmSync(dataDir, { recursive: true, force: true })
})
afterAll(removeTemplate)

const customerTasks = async ({ api }: Awaited<ReturnType<typeof startServer>>) => {
  const token = await api.customer('demo-customer-1')
  return (await api.get('/api/v1/tasks?size=100', { token })).body.data
}

describe('a start on nothing', () => {
  test('migrates, seeds the demo, serves and says where', async () => {
    const server = await startServer({ DATA_DIR: dataDir })
    const { total, list } = await customerTasks(server)
    expect(total).toBeGreaterThanOrEqual(5)
    expect(new Set(list.map((task: { current_step: number }) => task.current_step)).size).toBeGreaterThanOrEqual(4)
    expect((await server.api.get('/readyz')).body).toMatchObject({ ok: true, checks: { database: { ok: true } } })
    expect(server.output.stdout).toContain(server.url.replace('127.0.0.1', 'localhost'))
    for (const text of ['dispatcher@example.com', 'worker@example.com', 'admin@example.com', 'password123', 'demo-'])
      expect(server.output.stdout).toContain(text)
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
  })

  test('a second start finds everything: nothing is seeded twice and tokens stay good', async () => {
    const first = await startServer({ DATA_DIR: dataDir })
    const before = await customerTasks(first)
    const token = await first.api.customer('demo-customer-1')
    await first.stop()
    const second = await startServer({ DATA_DIR: dataDir })
    const { body } = await second.api.get('/api/v1/tasks?size=100', { token })
    expect(body.data).toEqual(before)
  })
})

describe('a start that cannot work', () => {
  const refused = async (env: Record<string, string>) => {
    const { ended } = await launch({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, ...env })
    const { code, stderr } = await ended
    expect(code).toBe(1)
    return stderr
  }
  const ONE_LINE = /^[^\n]+\n$/

  test('a database that does not answer is named in one line', async () => {
    const stderr = await refused({ DATABASE_URL: 'mssql://sa:hunter2@127.0.0.1:1/service' })
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('127.0.0.1:1')
    expect(stderr).not.toContain('hunter2')
  })

  test('a file that is no database is named in one line', async () => {
    fs.writeFileSync(path.join(dataDir, 'app.db'), 'something else '.repeat(100))
    const stderr = await refused({})
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('not a database')
  })

  test('a data folder that cannot be written is named in one line', async () => {
    const inTheWay = path.join(dataDir, 'file')
    fs.writeFileSync(inTheWay, '')
    const stderr = await refused({ DATA_DIR: path.join(inTheWay, 'data') })
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(inTheWay)
  })

  test('a data folder where none can be made ends the start, too', async () => {
    const stderr = await refused({ DATA_DIR: '/proc/nope' })
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('DATA_DIR /proc/nope')
  })

  test('a database file that may not be opened is named in one line', async () => {
    fs.mkdirSync(path.join(dataDir, 'app.db'))
    const stderr = await refused({})
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(path.join(dataDir, 'app.db'))
  })

  test('an .env that may not be read is an error, not a missing file', async () => {
    const file = path.join(dataDir, '.env')
    fs.writeFileSync(file, 'NODE_ENV=production\n', { mode: 0o000 })
    fs.chmodSync(dataDir, 0o777)
    const nobody = process.getuid?.() === 0 ? { uid: 65534 } : {}
    const { ended } = follow([SERVER_FILE], { PORT: '0', DATA_DIR: dataDir }, { cwd: dataDir, confinement: nobody })
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${file} cannot be read (EACCES)`)])
  })

  test('a port in use is named in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const stderr = await refused({ PORT: String(port), DATA_DIR: await usedDataDir() })
    other.close()
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(String(port))
  })

  test('a wrong configuration is told fault by fault', async () => {
    const stderr = await refused({ PORT: 'http', LOG_LEVEL: 'loud' })
    expect(stderr).toMatch(/PORT/)
    expect(stderr).toMatch(/LOG_LEVEL/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('production without secrets does not start and leaves no demo', async () => {
    expect(await refused({ NODE_ENV: 'production' })).toMatch(/JWT_SECRET.*\n.*DATA_KEY/)
    expect(fs.readdirSync(dataDir)).toEqual([])
  })
})

describe('what a running server says', () => {
  const KEYS = { DATA_KEY: Buffer.alloc(32, 1).toString('base64'), EVENT_KEY: 'the-key-of-the-first-start' }
  const said = ({ output }: { output: { stdout: string } }, line: RegExp) =>
    until(() => line.test(output.stdout), `the line ${line}`)

  test('every request soon, however quiet it is', async () => {
    const server = await startServer({ DATA_DIR: await usedDataDir(), LOG_LEVEL: 'info' })
    await said(server, /"msg":"listening"/)
    await server.api.get('/no/such/page')
    await said(server, /"route":"unmatched"/)
    server.child.kill('SIGKILL')
    await server.ended
  })

  test('that it is open to the world outside production', async () => {
    const at = async (PUBLIC_URL: string) =>
      startServer({ DATA_DIR: await usedDataDir(), PUBLIC_URL, PORT: String(await freePort()) })
    const server = await at('https://service.example.com')
    await said(server, /"level":40.*NODE_ENV is not production/)
    await said(server, /!! .*NODE_ENV=production/)
    const { stdout } = await server.stop()
    const local = await at('https://localhost:8443')
    await said(local, /demo-customer-1/)
    expect(stdout).toContain('NODE_ENV is not production')
    expect((await local.stop()).stdout).not.toContain('NODE_ENV')
  })

  test('that demo accounts of an earlier start are open in production', async () => {
    const secrets = {
      ...KEYS,
      JWT_SECRET: 'a-secret-for-the-tokens-of-all',
      CALLBACK_SECRET: 'abcdefghij0123456789',
    }
    const env = { NODE_ENV: 'production', PUBLIC_URL: 'https://service.example.com', ...secrets }
    await (await startServer({ DATA_DIR: dataDir, ...secrets })).stop()
    const { stdout } = await (await startServer({ DATA_DIR: dataDir, ...env })).stop()
    expect(stdout).toMatch(/"level":50.*demo accounts are open.*dispatcher@example\.com.*admin@example\.com/)
    const fresh = await (await startServer({ DATA_DIR: tempDir(), ...env })).stop()
    expect(fresh.stdout).not.toMatch(/"level":[45]0/)
  })

  test('that stored values and events need other keys', async () => {
    await (await startServer({ DATA_DIR: dataDir, ...KEYS })).stop()
    const right = await (await startServer({ DATA_DIR: dataDir, ...KEYS })).stop()
    expect(right.stdout).not.toMatch(/"level":50/)
    const other = { DATA_KEY: Buffer.alloc(32, 2).toString('base64'), EVENT_KEY: 'the-key-of-the-next-start!' }
    const wrong = await (await startServer({ DATA_DIR: dataDir, ...other })).stop()
    expect(wrong.stdout).toMatch(/"level":50.*DATA_KEY is not the key/)
    expect(wrong.stdout).toMatch(/"level":50.*EVENT_KEY is not the key/)
  })
})

describe('stopping', () => {
  let dataDir: string
  beforeEach(async () => (dataDir = await usedDataDir()))

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s during an upload: the upload is finished, nothing new is taken, exit code 0',
    async (signal) => {
      const server = await startServer({ DATA_DIR: dataDir })
      const token = await server.api.customer('demo-upload')
      const upload = await halfAnUpload(server.url, token)
      server.child.kill(signal)
      await refusesConnections(server.url)
      const { status, body } = await upload.finish()
      expect(status).toBe(200)
      expect(await server.ended).toMatchObject({ code: 0, stderr: '' })

      const again = await startServer({ DATA_DIR: dataDir })
      const { data } = (await again.api.get(`/api/v1/tasks/${body.data.task_id}`, { token })).body
      expect(data.step_content.images).toHaveLength(1)
      expect((await again.api.get(data.step_content.images[0])).status).toBe(200)
    },
  )

  test('a console that listens does not hold it up', async () => {
    const server = await startServer({ DATA_DIR: dataDir })
    const token = await server.api.staff('admin@example.com')
    const stream = await openEventStream(server.url, { authorization: `Bearer ${token}` })
    await stream.until(() => stream.messages[0])
    const start = Date.now()
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(Date.now() - start).toBeLessThan(10_000)
    await stream.ended()
  })

  test('an idle keep-alive connection does not hold it up', async () => {
    const server = await startServer({ DATA_DIR: dataDir })
    const agent = new http.Agent({ keepAlive: true })
    const [response] = (await once(http.get(`${server.url}/livez`, { agent }), 'response')) as [http.IncomingMessage]
    response.resume()
    await once(response, 'end')
    const start = Date.now()
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(Date.now() - start).toBeLessThan(5000)
    agent.destroy()
  })
})

/** A task submission whose last bytes are held back. */
async function halfAnUpload(url: string, token: string) {
  const form = new FormData()
  const { type, customer, device, description } = buildSubmission()
  for (const [name, value] of Object.entries({ type, description })) form.append(name, value)
  form.append('customer', JSON.stringify(customer))
  form.append('device', JSON.stringify(device))
  form.append('images', buildFile(await buildPng(600, 400), 'front.png', 'image/png'))
  const encoded = new Response(form)
  const body = Buffer.from(await encoded.arrayBuffer())
  const request = http.request(`${url}/api/v1/tasks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': encoded.headers.get('content-type')!,
      'content-length': body.length,
    },
  })
  const half = Math.floor(body.length / 2)
  await new Promise((resolve) => request.write(body.subarray(0, half), resolve))
  await answered(url) // the server has had the turn in which it read what was sent before
  return {
    finish: async () => {
      const response = once(request, 'response') as Promise<[http.IncomingMessage]>
      request.end(body.subarray(half))
      const [answer] = await response
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk as Buffer)
      return { status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }
    },
  }
}

const answered = (url: string) => fetch(`${url}/livez`, { headers: { connection: 'close' } })

async function refusesConnections(url: string): Promise<void> {
  for (;;) {
    const taken = await answered(url).then(
      () => true,
      () => false,
    )
    if (!taken) return
  }
}
