import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Context } from '../context'
import { ANY_RULE } from '../features/files/schema'
import { WITHOUT_KEY } from '../features/idempotency/service'
import { taskSubmission } from '../features/tasks/schema'
import type { CustomerPrincipal, StaffPrincipal } from '../http/authenticate'
import type { Upload } from '../http/uploads'
import { DEMO_CUSTOMERS, type StaffKey } from './people'
import { drawSignature, type Pictures } from './pictures'
import { writeReport } from './report-pdf'
import type { DemoFile, Move, Story } from './stories'

const HOUR_MS = 3600 * 1000
const METERS_PER_DEGREE = 111_195
/** A demo is written once: nothing repeats a request. */
const once = WITHOUT_KEY

export interface Stage {
  /** Services whose clock is `clock`. */
  past: Context
  clock: { time: number }
  staff: Record<StaffKey, StaffPrincipal>
  customers: CustomerPrincipal[]
  /** A folder for uploads on the storage's disk. */
  dir: string
  draw: Pictures
}

interface Scene {
  stage: Stage
  story: Story
  who: CustomerPrincipal
  worker: StaffPrincipal
  /** The work order's UUID, once it is submitted. */
  workOrderId: string
}

/** Plays all stories as the people in them did, through the services, in the order in which it happened. */
export async function playStories(stage: Stage, stories: Story[], end: number): Promise<void> {
  const acts: { time: number; play: () => Promise<unknown> }[] = []
  for (const story of stories) {
    const { past, customers, staff } = stage
    const scene: Scene = { stage, story, who: customers[story.customer]!, worker: staff[story.worker], workOrderId: '' }
    let time = end - story.hoursAgo * HOUR_MS
    acts.push({ time, play: async () => (scene.workOrderId = await submit(scene, past)) })
    for (const move of story.moves) {
      time += move.after * HOUR_MS
      if (time > end) throw new Error(`the story “${story.description}” goes on into the future`)
      acts.push({ time, play: () => play(scene, move) })
    }
  }
  for (const { time, play: act } of acts.toSorted((a, b) => a.time - b.time)) {
    stage.clock.time = time
    await act()
  }
}

async function submit({ stage, story, who }: Scene, { tasks }: Context): Promise<string> {
  const { profile, site } = DEMO_CUSTOMERS[story.customer]!
  const { contact: name, name: company, phone, address, email } = profile
  const appointment_time = story.appointmentIn
    ? new Date(stage.clock.time + story.appointmentIn * HOUR_MS).toISOString()
    : null
  const input = taskSubmission.parse({
    type: story.type,
    customer: { name, company, phone, address, email, ...site },
    device: { ...story.device, appointment_time },
    description: story.description,
  })
  const uploads = await Promise.all((story.files ?? []).map((file) => toUpload(stage, file)))
  const { task_id } = await tasks.create(who, { input, uploads, once })
  return (await tasks.detail(who, task_id)).id
}

type Player<K extends Move['kind']> = (scene: Scene, move: Extract<Move, { kind: K }>) => Promise<unknown>

const PLAYERS: { [K in Move['kind']]: Player<K> } = {
  dispatch: ({ stage, workOrderId, worker }, { note }) =>
    stage.past.dispatch.dispatch(stage.staff.dispatcher, { workOrderId, workerId: worker.id, note }, once),
  accept: ({ stage, workOrderId, worker }) => stage.past.dispatch.accept(worker, workOrderId, once),
  checkin,
  checkout: async (scene, { summary }) =>
    scene.stage.past.visits.checkout(scene.worker, { ...positionOf(scene, 5), summary }, once),
  step: enterStep,
  confirm: ({ stage, who, workOrderId }, { text }) =>
    stage.past.tasks.confirm(who, workOrderId, { accept: true, comment: text, once }),
  remind: ({ stage, who, workOrderId }, { text }) => stage.past.tasks.remind(who, workOrderId, { comment: text, once }),
  cancel: ({ stage, who, workOrderId }, { text }) => stage.past.tasks.cancel(who, workOrderId, { reason: text, once }),
  evaluate: ({ stage, who, workOrderId }, { scores }) =>
    stage.past.tasks.evaluate(who, workOrderId, { input: { comment: null, ...scores }, once }),
}

const play = <K extends Move['kind']>(scene: Scene, move: Extract<Move, { kind: K }>) =>
  (PLAYERS[move.kind as K] as Player<K>)(scene, move)

/** What a phone so many metres north of the site reports. */
function positionOf({ stage, story, workOrderId }: Scene, meters: number) {
  const { latitude, longitude } = DEMO_CUSTOMERS[story.customer]!.site
  return {
    workOrderId,
    latitude: Number((latitude + meters / METERS_PER_DEGREE).toFixed(6)),
    longitude,
    accuracy: 8 + (meters % 7),
    reportedAt: new Date(stage.clock.time),
  }
}

/** The worker photographs what is there, signs and checks in. */
async function checkin(scene: Scene, { photo, meters, staleMinutes }: Extract<Move, { kind: 'checkin' }>) {
  const { stage, workOrderId, worker } = scene
  const position = positionOf(scene, meters)
  const upload = await toUpload(stage, photo)
  const { latitude, longitude } = position
  const input = { workOrderId, latitude, longitude, capturedAt: position.reportedAt }
  const { file_id } = await stage.past.evidence.add(worker, { input, upload, once })
  const reportedAt = new Date(stage.clock.time - staleMinutes * 60_000)
  const signature = await drawSignature()
  await stage.past.visits.submit(worker, { ...position, reportedAt, evidenceFileIds: [file_id], signature }, once)
}

/** The worker enters a step, with pictures and documents. */
async function enterStep({ stage, workOrderId, worker }: Scene, move: Extract<Move, { kind: 'step' }>) {
  const { files, workOrders } = stage.past
  const fileIds: string[] = []
  for (const file of move.files ?? []) {
    const upload = await toUpload(stage, file)
    fileIds.push((await files.add({ upload, rule: ANY_RULE }, { typ: 'staff', id: worker.id }, once)).file_id)
  }
  await workOrders.step(worker, { workOrderId, step: move.to, description: move.text, fileIds }, once)
}

async function toUpload({ dir, draw }: Stage, file: DemoFile): Promise<Upload> {
  const content = await contentOf(file, draw)
  const place = path.join(dir, randomUUID())
  await fs.writeFile(place, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { field: 'picture' in file ? 'images' : 'files', path: place, name: file.name, size: content.length, sha256 }
}

async function contentOf(file: DemoFile, draw: Pictures): Promise<Buffer> {
  if ('picture' in file) return draw(file.picture)
  const { picture, ...report } = file.report
  return writeReport({ ...report, picture: picture && (await draw(picture)) })
}
