import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Context } from '../../../server/context'
import { eventHash } from '../../../server/features/work-order-events/chain'
import { buildFile, buildPdf, buildPng, buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { onServerData, useServerData } from '../../support/server-data'
import { startServer } from './server-process'

/** Servers are started as processes, several a test. */
jest.setTimeout(60_000)

const BURST = 8
const ACKNOWLEDGED_BEFORE_KILL = 30
const TWO_DAYS_MS = 48 * 3600 * 1000

interface Acknowledged {
  taskId: string
  description: string
  image: string
  pdf: string
}
type Server = Awaited<ReturnType<typeof startServer>>

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

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

    const twoDaysLater = { now: () => new Date(Date.now() + TWO_DAYS_MS) }
    await onServerData(
      data.env,
      async (context, eventKey) => {
        await expectConsistentRows(context, eventKey)
        await context.files.sweep()
        await expectNoOrphans(context, data.dir)
      },
      twoDaysLater,
    )
  })
})

/** Creates tasks from several clients at once and kills the server in the middle. */
async function burst(server: Server, token: string): Promise<Acknowledged[]> {
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

async function submit({ api }: Pick<Server, 'api'>, token: string, description: string): Promise<Acknowledged> {
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

async function expectWhole({ api, url }: Server, token: string, task: Acknowledged): Promise<void> {
  const { body } = await api.get(`/api/v1/tasks/${task.taskId}`, { token })
  const { description, images, files } = body.data.step_content
  expect(description).toBe(task.description)
  const digests = [images[0], files[0].url].map(async (link: string) => {
    const response = await fetch(new URL(link, url))
    return sha256(Buffer.from(await response.arrayBuffer()))
  })
  expect(await Promise.all(digests)).toEqual([task.image, task.pdf])
}

async function expectConsistentRows({ database: { db } }: Context, eventKey: string): Promise<void> {
  const tasks = await db.selectFrom('task').selectAll().execute()
  const records = await db.selectFrom('step_record').select(['task_id', 'step_index']).execute()
  const events = await db.selectFrom('hc_work_order_events').selectAll().orderBy('seq').execute()
  const files = await db.selectFrom('task_file').select(['task_id', 'owner', 'storage_key']).execute()
  for (const task of tasks) {
    const chain = events.filter((event) => event.work_order_id === task.id)
    expect(records.filter((record) => record.task_id === task.id).map((record) => record.step_index)).toContain(0)
    expect(chain.map(({ seq }) => seq)).toEqual(chain.map((_, i) => i + 1))
    expect(chain.at(-1)).toMatchObject({ seq: task.event_seq, hash: task.event_head })
    for (const { hash, ...row } of chain) expect(hash).toBe(eventHash(eventKey, row))
    if (task.device_model === '1260' && task.fault_description === '仪器无法正常启动')
      expect(files.filter((file) => file.task_id === task.id)).toHaveLength(2)
  }
  const ids = new Set(tasks.map(({ id }) => id))
  for (const { task_id } of [...records, ...files]) if (task_id) expect(ids).toContain(task_id)
  for (const { work_order_id } of events) expect(ids).toContain(work_order_id)
  await expectNoGaps(db, tasks)
}

/** A crash gives no number away: what the counter says was taken, tasks carry. */
async function expectNoGaps(db: Context['database']['db'], tasks: { task_id: string }[]): Promise<void> {
  const taken = tasks.map(({ task_id }) => task_id).toSorted()
  const days = await db.selectFrom('task_sequence').selectAll().orderBy('day').execute()
  const expected = days.flatMap(({ day, last_number }) =>
    Array.from({ length: last_number }, (_, i) => `T${day}${String(i + 1).padStart(4, '0')}`),
  )
  expect(taken).toEqual(expected)
}

async function expectNoOrphans({ database: { db } }: Context, dataDir: string): Promise<void> {
  const rows = await db.selectFrom('task_file').select(['storage_key', 'stamped_key']).execute()
  const expected = rows.flatMap((row) => [row.storage_key, row.stamped_key ?? []].flat())
  const stored = filesBelow(path.join(dataDir, 'files')).filter((key) => !key.endsWith('.thumb'))
  expect(stored.toSorted()).toEqual(expected.toSorted())
  expect(filesBelow(path.join(dataDir, 'incoming'))).toEqual([])
}

const filesBelow = (dir: string): string[] =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
