import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type NgsSandbox, startNgsSandbox } from '../../../server/sandbox/ngs'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { useServerData } from '../../support/server-data'
import { freePort } from '../../support/ports'
import { removeTemplate, startServer } from '../../support/server-process'
import { until } from '../../support/until'

const TOKEN = 'ngs-token-of-the-test-4711'

type Server = Awaited<ReturnType<typeof startServer>>

describe.each(ENGINES)('writes owed to ngs outlive the process (%s)', (engine) => {
  const data = useServerData(engine)
  let env: Record<string, string>
  let port: number
  let ngs: NgsSandbox | undefined

  beforeEach(async () => {
    port = await freePort()
    env = {
      ...data.env,
      NGS_BASE_URL: `http://127.0.0.1:${port}`,
      NGS_TOKEN: TOKEN,
      NGS_CUSTOMER_GUID: 'C1',
      NGS_MAP_IDS: '{"repair":"M1"}',
    }
  })
  afterEach(async () => {
    await ngs?.close()
    ngs = undefined
  })
  afterAll(removeTemplate)

  const startNgs = async () => (ngs = await startNgsSandbox({ port, token: TOKEN }))
  const submit = async ({ api }: Server, token: string, description: string) => {
    const { status, body } = await api.post('/api/v1/tasks', buildSubmission({ description }), { token })
    if (status !== 200) throw new Error(JSON.stringify(body))
    return body.data.task_id as string
  }
  const logins = new Map<Server, Promise<string>>()
  const adminOf = (server: Server) => {
    const login = logins.get(server) ?? server.api.staff('admin@example.com')
    logins.set(server, login)
    return login
  }
  const owed = async (server: Server) => {
    const { body } = await server.api.get('/api/v1/admin/outbox?size=100', { token: await adminOf(server) })
    return body.data.list as { state: string; task_id: string; topic: string }[]
  }
  /** What ngs holds, by task number. */
  const held = () =>
    Object.fromEntries(
      ngs!
        .orders()
        .map(({ history }) => [
          (history[0]!.body.objective as Record<string, string>).stringfield1,
          history.map(({ operation }) => operation),
        ]),
    )

  test('a task submitted while ngs is down reaches it once it is back, once and in order, across a kill −9', async () => {
    const server = await startServer(env)
    const token = await server.api.customer('demo-outage')
    const number = await submit(server, token, '断线期间提交')
    await server.api.post(`/api/v1/tasks/${number}/reminder`, {}, { token })
    await server.api.post(`/api/v1/tasks/${number}/cancel`, { reason: '不需要了' }, { token })
    await until(async () => (await owed(server)).some(({ state }) => state === 'PENDING'), 'the first failure')
    server.child.kill('SIGKILL')
    await server.ended

    const again = await startServer(env)
    await startNgs()
    await until(async () => (await owed(again)).every(({ state }) => state === 'SENT'), 'the sending')
    // Its sender has gone over everything once more when another task has left.
    const next = await submit(again, token, '恢复之后提交')
    await until(async () => (await owed(again)).every(({ state }) => state === 'SENT'), 'the sending')
    expect(held()).toEqual({ [number]: ['send', 'reminder', 'failedClose'], [next]: ['send'] })
    expect(ngs!.requests()).toHaveLength(4)
    expect(await again.stop()).toMatchObject({ code: 0 })
  }, 90_000)

  test('killed at any moment, nothing is created twice and nothing is lost from sight', async () => {
    await startNgs()
    ngs!.control({ latencyMs: 40 })
    const submitted: string[] = []
    for (let round = 0; round < 3; round++) {
      const server = await startServer(env)
      const token = await server.api.customer('demo-crash')
      for (let i = 0; i < 6; i++) submitted.push(await submit(server, token, `${round}/${i}`))
      await wait(round * 60)
      server.child.kill('SIGKILL')
      await server.ended
    }
    const last = await startServer(env)
    await until(
      async () => (await owed(last)).every(({ state }) => state === 'SENT' || state === 'UNKNOWN'),
      'the sending',
    )
    const states = new Map((await owed(last)).map(({ task_id, state }) => [task_id, state]))
    expect([...states.keys()].toSorted()).toEqual(submitted.toSorted())
    const created = ngs!.requests().map(({ body }) => (body as any).objective.stringfield1 as string)
    expect(new Set(created).size).toBe(created.length)
    for (const [number, state] of states) if (state === 'SENT') expect(created).toContain(number)
    expect([...states.values()].filter((state) => state === 'SENT').length).toBeGreaterThan(0)
  }, 120_000)

  test('two processes on one outbox send nothing twice, and tell when each job ran', async () => {
    await startNgs()
    ngs!.control({ latencyMs: 20 })
    const servers = [await startServer(env), await startServer(env)]
    const token = await servers[0]!.api.customer('demo-two')
    const numbers: string[] = []
    for (let i = 0; i < 20; i++) {
      const server = servers[i % 2]!
      const number = await submit(server, token, `第 ${i}`)
      await server.api.post(`/api/v1/tasks/${number}/cancel`, { reason: 'x' }, { token })
      numbers.push(number)
    }
    await until(async () => (await owed(servers[0]!)).every(({ state }) => state === 'SENT'), 'the sending')
    expect(held()).toEqual(Object.fromEntries(numbers.map((number) => [number, ['send', 'failedClose']])))
    expect(ngs!.requests()).toHaveLength(40)

    const admin = await adminOf(servers[0]!)
    const { list } = (await servers[0]!.api.get('/api/v1/admin/jobs?size=100', { token: admin })).body.data
    expect(list.find(({ name }: { name: string }) => name === 'send-outbox')).toMatchObject({
      last_result: 'ok',
      next_run_at: expect.any(String),
    })
    for (const job of list) expect(job.next_run_at).toMatch(/^\d{4}-/)

    for (const server of servers) expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
    const files = fs.readdirSync(data.dir).filter((name) => name.startsWith('app.db'))
    for (const file of files) expect(fs.readFileSync(`${data.dir}/${file}`).includes(TOKEN)).toBe(false)
    for (const { output } of servers) expect(output.stdout + output.stderr).not.toContain(TOKEN)
  }, 120_000)
})
