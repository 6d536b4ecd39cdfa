import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Selectable } from 'kysely'
import type { Context } from '../../server/context'
import type { Schema } from '../../server/db/schema'
import type { NgsSandbox } from '../../server/sandbox/ngs'
import type { WxworkSandbox } from '../../server/sandbox/wxwork'
import { onServerData } from './server-data'

const TWO_DAYS_MS = 48 * 3600 * 1000

/** What callers were told is done: every entry must be found again, whatever happened meanwhile. */
export interface Ledger {
  /** By task number: what was described, and the sha256 of each file that came with it. */
  tasks: Map<string, { description: string; files: string[] }>
  /** Visit by work order. */
  visits: Map<string, string>
  /** Worker by work order, of those dispatched and never given back. */
  assigned: Map<string, string>
  /** sha256 by file id. */
  uploads: Map<string, string>
  /** Callbacks of the gateway, as sent. */
  notices: Set<string>
  /** Texts queued for the gateway. */
  messages: Set<string>
}

export const emptyLedger = (): Ledger => ({
  tasks: new Map(),
  visits: new Map(),
  assigned: new Map(),
  uploads: new Map(),
  notices: new Set(),
  messages: new Set(),
})

export interface InvariantOptions {
  /** At whose doors to ask, where they were called. */
  ngs?: NgsSandbox
  wxwork?: WxworkSandbox
  /** Contents that requests killed half-way may have left; the sweep must find them. None unless the server was killed. */
  orphans?: number
}

export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/**
 * The one check that every run under load and faults ends with, on the stopped server's database and files.
 * @param env as the server had it
 * @returns how much there was
 */
export const expectInvariants = (env: Record<string, string>, ledger: Ledger, options?: InvariantOptions) =>
  onServerData(env, (context) => expectInvariantsOf(context, ledger, options), {
    // Every sweep is due.
    now: () => new Date(Date.now() + TWO_DAYS_MS),
  })

/** The same where the clock, already two days on, and the context are the test's own. */
export async function expectInvariantsOf(context: Context, ledger: Ledger, options: InvariantOptions = {}) {
  const rows = await readRows(context)
  expectTasks(rows, ledger)
  expectNumbers(rows)
  expectAssignments(rows, ledger)
  expectVisits(rows, ledger)
  expectNotices(rows, ledger)
  if (options.wxwork) expectMessages(rows, ledger, options.wxwork)
  if (options.ngs) expectNgs(rows, options.ngs)
  const { fault } = await context.verifyEvents(await context.chainHeads.read())
  expect(fault).toBeNull()
  await expectFiles(context, rows, { ledger, orphans: options.orphans ?? 0 })
  const { tasks, visits, events, files, notices } = rows
  return {
    tasks: tasks.length,
    visits: visits.length,
    events: events.length,
    files: files.length,
    notices: notices.length,
  }
}

async function readRows({ database: { db } }: Context) {
  const all = <T extends keyof Schema>(table: T) =>
    db
      .selectFrom(table as 'task')
      .selectAll()
      .execute() as unknown as Promise<Selectable<Schema[T]>[]>
  return {
    tasks: await all('task'),
    days: await all('task_sequence'),
    steps: await all('step_record'),
    files: await all('task_file'),
    events: (await all('hc_work_order_events')).toSorted((a, b) => a.seq - b.seq),
    assignments: await all('hc_dispatch_assignments'),
    visits: await all('ec_care_tasks'),
    fixes: await all('hc_worker_locations'),
    notifications: await all('notification'),
    outbox: await all('outbox'),
    notices: await all('wxwork_notice'),
    messages: await all('wxwork_message'),
  }
}
type Rows = Awaited<ReturnType<typeof readRows>>

/** Every acknowledged task is there once with its files, and whatever tasks there are, none is there by halves. */
function expectTasks(rows: Rows, { tasks: acknowledged }: Ledger): void {
  const byNumber = new Map(rows.tasks.map((task) => [task.task_id, task]))
  const filesOf = groupBy(
    rows.files.filter(({ owner }) => owner === 'submission'),
    (file) => file.task_id,
  )
  const described = groupBy(rows.tasks, (task) => task.description)
  for (const [number, { description, files: digests }] of acknowledged) {
    const task = byNumber.get(number)
    expect({ number, description: task?.description }).toEqual({ number, description })
    expect(described.get(description)).toHaveLength(1)
    expect((filesOf.get(task!.id) ?? []).map((file) => file.sha256).toSorted()).toEqual(digests.toSorted())
  }
  expectWholeTasks(rows, filesOf)
}

function expectWholeTasks({ tasks, steps, events, files }: Rows, filesOf: Map<string | null, Rows['files']>): void {
  const chains = groupBy(events, (event) => event.work_order_id)
  const submitted = new Set(steps.filter((step) => step.step_index === 0).map((step) => step.task_id))
  for (const { id, event_seq, event_head } of tasks) {
    const chain = chains.get(id) ?? []
    const found = { submitted: submitted.has(id), seq: chain.length, head: chain.at(-1)?.hash }
    expect({ id, ...found }).toEqual({ id, submitted: true, seq: event_seq, head: event_head })
    const { files: sent = [], file_ids = [] } = payloadOf(chain[0]!) as { files?: string[]; file_ids?: string[] }
    expect({ id, files: filesOf.get(id)?.length ?? 0 }).toEqual({ id, files: sent.length + file_ids.length })
  }
  const ids = new Set<string | null>([null, ...tasks.map(({ id }) => id)])
  for (const { task_id } of [...steps, ...files]) expect(ids).toContain(task_id)
  for (const id of chains.keys()) expect(ids).toContain(id)
}

const payloadOf = ({ payload }: Pick<Rows['events'][number], 'payload'>) => JSON.parse(payload) as object

/** No number twice, and a failure gives none away: what the counter says was taken, tasks carry. */
function expectNumbers({ tasks, days }: Rows): void {
  const expected = days.flatMap(({ day, last_number }) =>
    Array.from({ length: last_number }, (_, index) => `T${day}${String(index + 1).padStart(4, '0')}`),
  )
  expect(tasks.map(({ task_id }) => task_id).toSorted()).toEqual(expected.toSorted())
}

function expectAssignments({ tasks, assignments }: Rows, { assigned }: Ledger): void {
  const live = assignments.filter(({ status }) => ['ASSIGNED', 'ACCEPTED'].includes(status))
  expect(duplicates(live.map((assignment) => assignment.work_order_id))).toEqual([])
  for (const { work_order_id, live_key } of live) expect(live_key).toBe(work_order_id)
  const workers = new Map(live.map((assignment) => [assignment.work_order_id, assignment.worker_id]))
  for (const [order, worker] of assigned) expect({ order, worker: workers.get(order) }).toEqual({ order, worker })
  const holders = new Map(tasks.map((task) => [task.id, task.worker_id]))
  for (const [order, worker] of workers) expect({ order, worker: holders.get(order) }).toEqual({ order, worker })
}

/** Every acknowledged visit is there, none twice, and each has its state, event, message, position and photos. */
function expectVisits(rows: Rows, { visits: acknowledged }: Ledger): void {
  const visits = new Map(rows.visits.map((visit) => [visit.id, visit]))
  for (const [order, id] of acknowledged) expect({ id, order: visits.get(id)?.work_order_id }).toEqual({ id, order })
  expect(duplicates(rows.visits.map((visit) => `${visit.work_order_id} ${visit.visit_no}`))).toEqual([])
  expect(duplicates(rows.visits.flatMap((visit) => visit.open_key ?? []))).toEqual([])
  const arrivals = rows.events.filter(({ event_type }) => event_type === 'CHECKED_IN')
  const told = arrivals.map((event) => (payloadOf(event) as { visit_id: string }).visit_id)
  expect(told.toSorted()).toEqual([...visits.keys()].toSorted())
  const messages = rows.notifications.filter(({ event }) => event === 'CHECKED_IN')
  expect(countBy(messages.map(({ task_id }) => task_id))).toEqual(countBy(arrivals.map((event) => event.work_order_id)))
  const states = new Map(rows.tasks.map((task) => [task.id, task.visit_state]))
  const visited = new Set(rows.visits.map((visit) => visit.work_order_id))
  for (const [order, state] of states)
    expect({ order, visited: visited.has(order) }).toEqual({ order, visited: state !== null })
  const evidence = new Set(rows.files.map(({ visit_id }) => visit_id))
  const measured = new Set(rows.fixes.filter(({ source }) => source === 'submit').map((fix) => fix.work_order_id))
  for (const { id, work_order_id } of rows.visits)
    expect([id, evidence.has(id), measured.has(work_order_id)]).toEqual([id, true, true])
  for (const { visit_id } of rows.files) if (visit_id) expect(visits.has(visit_id)).toBe(true)
}

function expectNotices({ notices }: Rows, { notices: acknowledged }: Ledger): void {
  const kept = new Set(notices.map(({ body }) => body))
  expect([...acknowledged].filter((body) => !kept.has(body))).toEqual([])
  expect(duplicates(notices.map(({ body }) => body))).toEqual([])
}

/** Each queued text is there once, left at most once, and what the queue calls unsent did not leave. */
function expectMessages({ messages }: Rows, { messages: acknowledged }: Ledger, gateway: WxworkSandbox): void {
  const states = new Map(messages.map(({ content, state }) => [content, state]))
  expect([...acknowledged].filter((content) => !states.has(content))).toEqual([])
  expect(duplicates(messages.map(({ content }) => content))).toEqual([])
  const left = gateway.messages().map(({ content }) => String(content))
  expect(duplicates(left)).toEqual([])
  for (const content of left) expect(['SENT', 'UNKNOWN', 'SENDING']).toContain(states.get(content))
  for (const [content, state] of states) if (state === 'SENT') expect(left).toContain(content)
}

/** ngs got each task at most once, and our book about it is right. */
function expectNgs({ tasks, outbox }: Rows, ngs: NgsSandbox): void {
  const orders = groupBy(ngs.orders(), ({ history }) => {
    const { stringfield1 } = history[0]!.body.objective as Record<string, string>
    return stringfield1!
  })
  for (const [number, list] of orders) expect({ number, orders: list.length }).toEqual({ number, orders: 1 })
  expect(duplicates(outbox.map((entry) => `${entry.key} ${entry.seq}`))).toEqual([])
  const creations = outbox.filter(({ topic }) => topic === 'ngs.send')
  expect(creations.map(({ subject }) => subject).toSorted()).toEqual(tasks.map(({ task_id }) => task_id).toSorted())
  const ids = new Map(tasks.map((task) => [task.task_id, task.ngs_oid]))
  for (const { subject, state } of creations) {
    const held = orders.get(subject)?.[0]?.oId ?? null
    if (state === 'SENT') expect({ subject, oid: ids.get(subject) }).toEqual({ subject, oid: held })
    if (state === 'PENDING') expect({ subject, held }).toEqual({ subject, held: null })
  }
}

/** Each row has its content unchanged; contents without a row are only those of broken requests, and the sweep takes them. */
async function expectFiles(
  { files: service, config: { dataDir } }: Context,
  { files }: Rows,
  { ledger, orphans }: { ledger: Ledger; orphans: number },
): Promise<void> {
  const digests = new Map(files.map(({ id, sha256: digest }) => [id, digest]))
  for (const [id, digest] of ledger.uploads) expect({ id, digest: digests.get(id) }).toEqual({ id, digest })
  const root = path.join(dataDir, 'files')
  for (const { storage_key, size, sha256: digest } of files) {
    const content = fs.readFileSync(path.join(root, storage_key))
    expect({ storage_key, size: content.length, digest: sha256(content) }).toEqual({ storage_key, size, digest })
  }
  const used = files.filter(({ owner }) => owner !== 'unused').flatMap(keysOf)
  const known = new Set(files.flatMap(keysOf))
  const stored = () => filesBelow(root).filter((key) => !key.endsWith('.thumb'))
  expect(stored().filter((key) => !known.has(key)).length).toBeLessThanOrEqual(orphans)
  await service.sweep()
  expect(stored().toSorted()).toEqual(used.toSorted())
  expect(filesBelow(path.join(dataDir, 'incoming'))).toEqual([])
}

const keysOf = ({ storage_key, stamped_key }: Rows['files'][number]) => [storage_key, stamped_key ?? []].flat()

function filesBelow(dir: string): string[] {
  if (!fs.existsSync(dir)) return []
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
}

function groupBy<K, T>(list: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of list) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
const countBy = (keys: (string | null)[]): Map<string | null, number> =>
  new Map([...groupBy(keys, (key) => key)].map(([key, list]) => [key, list.length]))
const duplicates = (keys: string[]): string[] =>
  [...countBy(keys)].filter(([, count]) => count > 1).map(([key]) => key!)
