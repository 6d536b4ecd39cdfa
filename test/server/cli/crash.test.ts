import { buildFile, buildPdf, buildPng, buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { emptyLedger, expectInvariants, sha256 } from '../../support/invariants'
import { useServerData } from '../../support/server-data'
import { type ServerProcess, startServer } from '../../support/server-process'

/** Servers are started as processes, several a test. */
jest.setTimeout(60_000)

const BURST = 8
const ACKNOWLEDGED_BEFORE_KILL = 30

interface Acknowledged {
  taskId: string
  description: string
  image: string
  pdf: string
}

describe.each(ENGINES)('kill −9 during a burst of task creations (%s)', (engine) => {
  const data = useServerData(engine)

  test('every acknowledged task and file is there after a restart, and nothing by halves', async () => {
    const server = await startServer(data.env)
    const token = await server.api.customer('demo-burst')
    const acknowledged = await burst(server, token)
    expect(await server.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_BEFORE_KILL)

    const again = await startServer(data.env)
    for (const task of acknowledged) await expectWhole(again, token, task)
    const more = await submit(again, token, 'after the crash')
    expect(acknowledged.map(({ taskId }) => taskId)).not.toContain(more.taskId)
    expect(await again.stop()).toMatchObject({ code: 0 })

    const tasks = new Map(
      [...acknowledged, more].map(({ taskId, description, image, pdf }) => [
        taskId,
        { description, files: [image, pdf] },
      ]),
    )
    await expectInvariants(data.env, { ...emptyLedger(), tasks }, { orphans: BURST * 2 })
  })
})

/** Creates tasks from several clients at once and kills the server in the middle. */
async function burst(server: ServerProcess, token: string): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = []
  const client = async (number: number) => {
    for (let i = 0; ; i++) {
      acknowledged.push(await submit(server, token, `client ${number}, task ${i}`))
      if (acknowledged.length === ACKNOWLEDGED_BEFORE_KILL) server.child.kill('SIGKILL')
    }
  }
  await Promise.allSettled(Array.from({ length: BURST }, (_, number) => client(number)))
  return acknowledged
}

async function submit({ api }: Pick<ServerProcess, 'api'>, token: string, description: string): Promise<Acknowledged> {
  const colour = `#${sha256(Buffer.from(description)).slice(0, 6)}`
  const image = await buildPng(200, 150, colour)
  const pdf = buildPdf(description)
  const { type, customer, device } = buildSubmission()
  const form = new FormData()
  for (const [name, value] of Object.entries({ type, description })) form.append(name, value)
  form.append('customer', JSON.stringify(customer))
  form.append('device', JSON.stringify(device))
  form.append('images', buildFile(image, 'front.png', 'image/png'))
  form.append('files', buildFile(pdf, 'log.pdf', 'application/pdf'))
  const { status, body } = await api.upload('/api/v1/tasks', form, { token })
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { taskId: body.data.task_id, description, image: sha256(image), pdf: sha256(pdf) }
}

async function expectWhole({ api, url }: ServerProcess, token: string, task: Acknowledged): Promise<void> {
  const { body } = await api.get(`/api/v1/tasks/${task.taskId}`, { token })
  const { description, images, files } = body.data.step_content
  expect(description).toBe(task.description)
  const digests = [images[0], files[0].url].map(async (link: string) => {
    const response = await fetch(new URL(link, url))
    return sha256(Buffer.from(await response.arrayBuffer()))
  })
  expect(await Promise.all(digests)).toEqual([task.image, task.pdf])
}
