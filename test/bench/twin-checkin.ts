import { createHmac } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import jwt from 'jsonwebtoken'
import { type DataSource, type EntityManager, In, IsNull, LessThan, Not } from 'typeorm'
import { v7 } from 'uuid'
import { distanceMeters } from '../../types/geo'
import { EVENT_KEY, ISSUER, JWT_SECRET } from './settings'
import {
  Assignment,
  Notification,
  SlaConfig,
  Staff,
  Task,
  TaskFile,
  Visit,
  WorkerLocation,
  WorkOrderEvent,
} from './twin-entities'

interface Fix {
  workOrderId: string
  latitude: number
  longitude: number
  accuracy: number
}
interface Submission extends Fix {
  evidenceFileIds: string[]
  signature: string
}

class Refusal extends Error {}

export interface TwinDeps {
  source: DataSource
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>
}

const MAX_METERS_PER_SECOND = 150_000 / 3600
const toE6 = (degrees: number) => Math.round(degrees * 1e6)
const shanghaiDay = (instant: Date) =>
  new Date(instant.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 10).replaceAll('-', '')

/** Precheck and submit as the twin would have them; the work is that of the application. */
export function createTwinCheckin({ source, transaction }: TwinDeps) {
  const authenticateWorker: RequestHandler = async (request, response, next) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '')
    try {
      const claims = jwt.verify(token ?? '', JWT_SECRET, { algorithms: ['HS256'], issuer: ISSUER }) as jwt.JwtPayload
      const worker = await source.getRepository(Staff).findOneBy({ id: claims.sub! })
      if (claims.typ !== 'staff' || !worker?.isActive || worker.role !== 'HOMECARE_WORKER') throw new Error('unknown')
      const validAfter = worker.tokensValidAfter
      if (validAfter && claims.iat! * 1000 < validAfter.getTime()) throw new Error('expired')
      response.locals.worker = worker
      next()
    } catch {
      response.status(401).json({ code: 'UNAUTHENTICATED', msg: '请先登录', data: null })
    }
  }

  const answered =
    (work: (who: Staff, body: never) => Promise<object>): RequestHandler =>
    async (request: Request, response: Response) => {
      try {
        const data = await work(response.locals.worker as Staff, request.body as never)
        response.json({ code: 'OK', msg: 'success', data })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        response.status(400).json({ code: 'CHECKIN_REJECTED', msg: error.message, data: null })
      }
    }

  return {
    authenticateWorker,

    precheck: answered(async (who, fix: Fix) => {
      check(fix)
      const task = await source.getRepository(Task).findOneBy({ id: fix.workOrderId })
      const decision = await decide(source.manager, who, { task, fix })
      await keep(source.manager, who, { fix, source: 'precheck', distance: decision.distanceMeters })
      return decision
    }),

    submit: answered(async (who, input: Submission) => {
      check(input)
      if (typeof input.signature !== 'string' || input.signature.trim().length < 8) throw new Refusal('signature')
      if (!Array.isArray(input.evidenceFileIds)) throw new Refusal('evidence')
      return transaction((manager) => checkIn(manager, who, input))
    }),
  }
}

function check({ workOrderId, latitude, longitude, accuracy }: Fix): void {
  const isNumber = (value: unknown, from: number, to: number) =>
    typeof value === 'number' && value >= from && value <= to
  const valid = isNumber(latitude, -90, 90) && isNumber(longitude, -180, 180) && isNumber(accuracy, 0, 1e6)
  if (!valid || typeof workOrderId !== 'string' || workOrderId.length > 40) throw new Refusal('invalid')
}

async function decide(manager: EntityManager, who: Staff, { task, fix }: { task: Task | null; fix: Fix }) {
  if (!task) throw new Refusal('unknown')
  const live = await manager.findOneBy(Assignment, { liveKey: task.id })
  if (task.status === 'cancelled' || live?.status !== 'ACCEPTED' || live.workerId !== who.id)
    throw new Refusal('not assigned')
  if (task.serviceLatitude === null || task.serviceLongitude === null) throw new Refusal('no site')
  const distance = distanceMeters(fix, { latitude: task.serviceLatitude, longitude: task.serviceLongitude })
  const { radius, scope } = await radiusFor(manager, task)
  if (distance > radius) throw new Refusal('outside')
  return {
    distanceMeters: distance,
    allowedRadiusMeters: radius,
    canCheckin: true,
    reasonCode: 'OK',
    workerLocationAccepted: true,
    serviceLocationReady: true,
    decision: distance + Math.min(fix.accuracy, 100) <= radius ? 'INSIDE' : 'UNCERTAIN',
    accuracyMeters: fix.accuracy,
    radiusScope: scope,
    flags: await flagsOf(manager, who, fix),
  }
}

async function radiusFor(manager: EntityManager, task: Task) {
  const rules = await manager.find(SlaConfig, {
    where: [
      { isActive: true, scopeType: 'GLOBAL' },
      { isActive: true, scopeType: 'WORK_ORDER', scopeId: task.id },
      { isActive: true, scopeType: 'ORG', scopeId: task.orgId },
      { isActive: true, scopeType: 'TEAM', scopeId: task.teamId ?? '' },
    ],
  })
  for (const scope of ['WORK_ORDER', 'ORG', 'TEAM', 'GLOBAL']) {
    const rule = rules.find((row) => row.configKey === 'HOMECARE_CHECKIN_RADIUS_METERS' && row.scopeType === scope)
    if (rule) return { radius: Number(rule.configValue), scope }
  }
  return { radius: 50, scope: 'DEFAULT' }
}

async function flagsOf(manager: EntityManager, who: Staff, fix: Fix): Promise<string[]> {
  const flags: string[] = []
  const time = new Date()
  const last = await manager.findOne(WorkerLocation, {
    where: { workerId: who.id, accepted: true },
    order: { createdAt: 'DESC' },
  })
  if (last) {
    const meters = distanceMeters({ latitude: last.gcjLatitude, longitude: last.gcjLongitude }, fix)
    const seconds = Math.abs(time.getTime() - (last.reportedAt ?? last.createdAt).getTime()) / 1000
    if (meters > MAX_METERS_PER_SECOND * Math.max(seconds, 1)) flags.push('IMPOSSIBLE_SPEED')
  }
  const dayBefore = (day: string) =>
    manager.maximum(WorkerLocation, 'day' as never, {
      workerId: who.id,
      latitudeE6: toE6(fix.latitude),
      longitudeE6: toE6(fix.longitude),
      day: LessThan(day),
    }) as Promise<string | null>
  const earlier = await dayBefore(shanghaiDay(time))
  if (earlier && (await dayBefore(earlier))) flags.push('REPEATED_COORDINATES')
  return flags
}

async function keep(
  manager: EntityManager,
  who: Staff,
  { fix, source, distance }: { fix: Fix; source: string; distance: number },
): Promise<void> {
  const time = new Date()
  await manager.insert(WorkerLocation, {
    id: v7(),
    workOrderId: fix.workOrderId,
    workerId: who.id,
    source,
    latitude: fix.latitude,
    longitude: fix.longitude,
    coordinateType: 'gcj02',
    gcjLatitude: fix.latitude,
    gcjLongitude: fix.longitude,
    latitudeE6: toE6(fix.latitude),
    longitudeE6: toE6(fix.longitude),
    day: shanghaiDay(time),
    accuracyMeters: fix.accuracy,
    createdAt: time,
    accepted: true,
    distanceMeters: distance,
    reasonCode: 'OK',
  })
}

async function checkIn(manager: EntityManager, who: Staff, input: Submission) {
  await manager.update(Task, { id: input.workOrderId }, { updateTime: new Date() })
  const task = await manager.findOneBy(Task, { id: input.workOrderId })
  const decision = await decide(manager, who, { task, fix: input })
  await keep(manager, who, { fix: input, source: 'submit', distance: decision.distanceMeters })
  if (await manager.findOneBy(Visit, { openKey: task!.id })) throw new Refusal('already checked in')
  const evidence = await manager.findBy(TaskFile, {
    id: In(input.evidenceFileIds),
    owner: 'evidence',
    taskId: task!.id,
    uploader: `staff:${who.id}`,
    visitId: IsNull(),
  })
  if (evidence.length === 0 || evidence.length !== input.evidenceFileIds.length) throw new Refusal('evidence')
  const digests = evidence.map((file) => file.sha256)
  const reused = { sha256: In(digests), owner: 'evidence', taskId: Not(task!.id) }
  if (await manager.existsBy(TaskFile, reused)) decision.flags.push('EVIDENCE_REUSED')
  const visitNo = ((await manager.maximum(Visit, 'visitNo', { workOrderId: task!.id })) ?? 0) + 1
  const visit = toVisit(who, { task: task!, input, visitNo }, decision)
  await manager.insert(Visit, visit)
  await manager.update(TaskFile, { id: In(evidence.map((file) => file.id)) }, { visitId: visit.id })
  await manager.update(Task, { id: task!.id }, { visitState: 'CHECKED_IN' })
  const text = `工程师${who.fullName}已到达现场`
  await append(manager, who, {
    task: task!,
    text,
    payload: JSON.stringify({
      text,
      visit_id: visit.id,
      visit_no: visitNo,
      distance: decision.distanceMeters,
      radius: decision.allowedRadiusMeters,
      flags: decision.flags,
      evidence: digests,
    }),
  })
  return { ...decision, visitId: visit.id }
}

async function append(
  manager: EntityManager,
  who: Staff,
  { task, text, payload }: { task: Task; text: string; payload: string },
): Promise<void> {
  const time = new Date()
  const event = {
    id: v7(),
    workOrderId: task.id,
    seq: task.eventSeq + 1,
    eventType: 'CHECKED_IN',
    actorKind: 'staff',
    actorId: who.id,
    actorName: who.fullName,
    payload,
    createdAt: time,
    keyId: 'bench',
    prevHash: task.eventHead,
  }
  const hash = createHmac('sha256', EVENT_KEY).update(task.eventHead).update(JSON.stringify(event)).digest('hex')
  await manager.insert(WorkOrderEvent, { ...event, hash })
  await manager.update(Task, { id: task.id, eventSeq: task.eventSeq }, { eventSeq: event.seq, eventHead: hash })
  await manager.insert(Notification, {
    id: v7(),
    audience: `customer:${task.customerId}`,
    event: 'CHECKED_IN',
    title: '工程师已到达现场',
    content: `${task.taskId} ${text}`,
    taskId: task.id,
    createTime: time,
  })
}

function toVisit(
  who: Staff,
  { task, input, visitNo }: { task: Task; input: Submission; visitNo: number },
  decision: Awaited<ReturnType<typeof decide>>,
) {
  const time = new Date()
  return {
    id: v7(),
    workOrderId: task.id,
    visitNo,
    workerId: who.id,
    status: 'CHECKED_IN',
    openKey: task.id,
    checkinAt: time,
    receivedAt: time,
    latitude: input.latitude,
    longitude: input.longitude,
    accuracyMeters: input.accuracy,
    distanceMeters: decision.distanceMeters,
    radiusMeters: decision.allowedRadiusMeters,
    radiusScope: decision.radiusScope,
    decision: decision.decision,
    serviceLatitude: task.serviceLatitude!,
    serviceLongitude: task.serviceLongitude!,
    signature: input.signature,
    flags: JSON.stringify(decision.flags),
    isFlagged: decision.flags.length > 0,
  }
}
