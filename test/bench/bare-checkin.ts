import { createHmac } from 'node:crypto'
import type Sqlite from 'better-sqlite3'
import { v7 } from 'uuid'
import { distanceMeters } from '../../types/geo'
import { EVENT_KEY } from './settings'

export interface Staff {
  id: string
  full_name: string
  role: string
  is_active: number
  tokens_valid_after: string | null
}

interface Subject {
  id: string
  task_id: string
  status: string
  org_id: string
  team_id: string | null
  service_latitude: number | null
  service_longitude: number | null
}
interface LockedTask extends Subject {
  customer_id: number
  event_seq: number
  event_head: string
}
interface Live {
  worker_id: string | null
  status: string | null
}
interface Rule {
  config_key: string
  config_value: string
  scope_type: string
  scope_id: string
}
interface PastFix {
  gcj_latitude: number
  gcj_longitude: number
  reported_at: string | null
  created_at: string
}
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

const LOCATION_COLUMNS =
  'id, work_order_id, worker_id, source, latitude, longitude, coordinate_type, gcj_latitude, gcj_longitude, ' +
  'latitude_e6, longitude_e6, day, accuracy_meters, reported_at, created_at, accepted, distance_meters, reason_code'
const VISIT_COLUMNS =
  'id, work_order_id, visit_no, worker_id, status, open_key, checkin_at, checkout_at, captured_at, received_at, ' +
  'latitude, longitude, accuracy_meters, distance_meters, radius_meters, radius_scope, decision, service_latitude, ' +
  'service_longitude, signature, flags, is_flagged, checkout_latitude, checkout_longitude, checkout_distance_meters, ' +
  'summary, review_decision, review_comment, reviewer_name, reviewed_at'
const named = (columns: string) => columns.replace(/\w+/g, '@$&')

/** The application's queries, prepared once. */
function prepareStatements(db: Sqlite.Database) {
  return {
    staffById: db.prepare<[string], Staff>('select * from staff where id = ?'),
    subject: db.prepare<[string], Subject & { live_worker_id: string | null; live_status: string | null }>(`
      select task.id, task.task_id, task.status, task.org_id, task.team_id, task.worker_id, task.service_latitude,
        task.service_longitude, live.worker_id as live_worker_id, live.status as live_status
      from task left join hc_dispatch_assignments as live on live.live_key = task.id where task.id = ?`),
    rules: db.prepare<Record<'order' | 'org' | 'team', string>, Rule>(`
      select config_key, config_value, scope_type, scope_id from sys_sla_config where is_active = 1 and (
        scope_type = 'GLOBAL' or (scope_type = 'WORK_ORDER' and scope_id in (@order, lower(@order))) or
        (scope_type = 'ORG' and scope_id in (@org, lower(@org))) or (scope_type = 'TEAM' and scope_id in (@team, lower(@team))))`),
    lastAccepted: db.prepare<[string], PastFix>(`
      select gcj_latitude, gcj_longitude, reported_at, created_at from hc_worker_locations
      where worker_id = ? and accepted = 1 order by created_at desc limit 1`),
    dayBefore: db.prepare<[string, number, number, string], { day: string | null }>(`
      select max(day) as day from hc_worker_locations
      where worker_id = ? and latitude_e6 = ? and longitude_e6 = ? and day < ?`),
    insertLocation: db.prepare(
      `insert into hc_worker_locations (${LOCATION_COLUMNS}) values (${named(LOCATION_COLUMNS)})`,
    ),
    lock: db.prepare('update task set update_time = ? where id = ?'),
    taskById: db.prepare<[string], LockedTask>('select * from task where id = ?'),
    live: db.prepare<[string], Live>('select * from hc_dispatch_assignments where live_key = ?'),
    openVisit: db.prepare('select * from ec_care_tasks where open_key = ?'),
    lastVisitNo: db.prepare<[string], { last: number | null }>(
      'select max(visit_no) as last from ec_care_tasks where work_order_id = ?',
    ),
    insertVisit: db.prepare(`insert into ec_care_tasks (${VISIT_COLUMNS}) values (${named(VISIT_COLUMNS)})`),
    freeEvidence: db.prepare<[string, string, string], { id: string; sha256: string }>(`
      select id, sha256, visit_id, original_name, captured_at from task_file
      where id = ? and owner = 'evidence' and task_id = ? and uploader = ? and visit_id is null`),
    usedElsewhere: db.prepare<[string, string]>(`
      select id from task_file where sha256 = ? and owner = 'evidence' and task_id <> ? order by id limit 1`),
    useEvidence: db.prepare('update task_file set visit_id = ? where id = ?'),
    checkedIn: db.prepare(`update task set visit_state = 'CHECKED_IN' where id = ?`),
    insertEvent: db.prepare(`
      insert into hc_work_order_events (id, work_order_id, seq, event_type, actor_kind, actor_id, actor_name, payload,
        created_at, key_id, prev_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    advanceHead: db.prepare('update task set event_seq = ?, event_head = ? where id = ? and event_seq = ?'),
    insertNotification: db.prepare(`
      insert into notification (id, audience, event, title, content, task_id, read_at, create_time)
      values (?, ?, ?, ?, ?, ?, ?, ?)`),
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),
  }
}

const MAX_METERS_PER_SECOND = 150_000 / 3600
const toE6 = (degrees: number) => Math.round(degrees * 1e6)
const shanghaiDay = (instant: Date) =>
  new Date(instant.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 10).replaceAll('-', '')
const isNumber = (value: unknown, from: number, to: number) => typeof value === 'number' && value >= from && value <= to

/** Precheck and submit on the bare connection; `refuse` makes the error of a status. */
export function createBareCheckin(db: Sqlite.Database, refuse: (status: number) => Error) {
  const statements = prepareStatements(db)

  function check(fix: Fix): void {
    if (typeof fix.workOrderId !== 'string' || fix.workOrderId.length > 40) throw refuse(400)
    if (!isNumber(fix.latitude, -90, 90) || !isNumber(fix.longitude, -180, 180)) throw refuse(400)
    if (!isNumber(fix.accuracy, 0, 1e6)) throw refuse(400)
  }

  function radiusFor({ id, org_id, team_id }: Subject): number {
    const rules = statements.rules.all({ order: id, org: org_id, team: team_id ?? '' })
    for (const scope of ['WORK_ORDER', 'ORG', 'TEAM', 'GLOBAL']) {
      const rule = rules.find((row) => row.config_key === 'HOMECARE_CHECKIN_RADIUS_METERS' && row.scope_type === scope)
      if (rule) return Number(rule.config_value)
    }
    return 50
  }

  function flagsOf(who: Staff, fix: Fix, time: Date): string[] {
    const flags: string[] = []
    const last = statements.lastAccepted.get(who.id)
    if (last) {
      const meters = distanceMeters({ latitude: last.gcj_latitude, longitude: last.gcj_longitude }, fix)
      const seconds = Math.abs(time.getTime() - new Date(last.reported_at ?? last.created_at).getTime()) / 1000
      if (meters > MAX_METERS_PER_SECOND * Math.max(seconds, 1)) flags.push('IMPOSSIBLE_SPEED')
    }
    const dayBefore = (day: string) =>
      statements.dayBefore.get(who.id, toE6(fix.latitude), toE6(fix.longitude), day)!.day
    const earlier = dayBefore(shanghaiDay(time))
    if (earlier && dayBefore(earlier)) flags.push('REPEATED_COORDINATES')
    return flags
  }

  function decide(who: Staff, { subject, live }: { subject: Subject; live: Live | undefined }, fix: Fix) {
    const { service_latitude: latitude, service_longitude: longitude } = subject
    if (subject.status === 'cancelled' || live?.status !== 'ACCEPTED' || live.worker_id !== who.id) throw refuse(400)
    if (latitude === null || longitude === null) throw refuse(400)
    const distance = distanceMeters(fix, { latitude, longitude })
    const radius = radiusFor(subject)
    if (distance > radius) throw refuse(400)
    return {
      distanceMeters: distance,
      allowedRadiusMeters: radius,
      canCheckin: true,
      reasonCode: 'OK',
      workerLocationAccepted: true,
      serviceLocationReady: true,
      decision: distance + Math.min(fix.accuracy, 100) <= radius ? 'INSIDE' : 'UNCERTAIN',
      accuracyMeters: fix.accuracy,
      radiusScope: 'GLOBAL',
      flags: flagsOf(who, fix, new Date()),
    }
  }

  function keep(who: Staff, fix: Fix, { source, distance }: { source: string; distance: number }): void {
    const time = new Date()
    statements.insertLocation.run({
      id: v7(),
      work_order_id: fix.workOrderId,
      worker_id: who.id,
      source,
      latitude: fix.latitude,
      longitude: fix.longitude,
      coordinate_type: 'gcj02',
      gcj_latitude: fix.latitude,
      gcj_longitude: fix.longitude,
      latitude_e6: toE6(fix.latitude),
      longitude_e6: toE6(fix.longitude),
      day: shanghaiDay(time),
      accuracy_meters: fix.accuracy,
      reported_at: null,
      created_at: time.toISOString(),
      accepted: 1,
      distance_meters: distance,
      reason_code: 'OK',
    })
  }

  function append(who: Staff, task: LockedTask, payload: string): void {
    const seq = task.event_seq + 1
    const time = new Date().toISOString()
    const event = [v7(), task.id, seq, 'CHECKED_IN', 'staff', who.id, who.full_name, payload, time, 'bench']
    const hash = createHmac('sha256', EVENT_KEY).update(task.event_head).update(JSON.stringify(event)).digest('hex')
    statements.insertEvent.run(...event, task.event_head, hash)
    statements.advanceHead.run(seq, hash, task.id, task.event_seq)
    const content = `${task.task_id} 工程师${who.full_name}已到达现场`
    const audience = `customer:${task.customer_id}`
    statements.insertNotification.run(v7(), audience, 'CHECKED_IN', '工程师已到达现场', content, task.id, null, time)
  }

  function checkIn(who: Staff, input: Submission) {
    statements.lock.run(new Date().toISOString(), input.workOrderId)
    const task = statements.taskById.get(input.workOrderId)
    if (!task) throw refuse(404)
    const decision = decide(who, { subject: task, live: statements.live.get(task.id) }, input)
    keep(who, input, { source: 'submit', distance: decision.distanceMeters })
    if (statements.openVisit.get(task.id)) throw refuse(409)
    const evidence = input.evidenceFileIds.map((id) => statements.freeEvidence.get(id, task.id, `staff:${who.id}`))
    if (evidence.length === 0 || evidence.includes(undefined)) throw refuse(400)
    const digests = evidence.map((file) => file!.sha256)
    if (digests.some((digest) => statements.usedElsewhere.get(digest, task.id))) decision.flags.push('EVIDENCE_REUSED')
    const visitNo = (statements.lastVisitNo.get(task.id)!.last ?? 0) + 1
    const visit = toVisit(who, { task, input, visitNo }, decision)
    statements.insertVisit.run(visit)
    for (const file of evidence) statements.useEvidence.run(visit.id, file!.id)
    statements.checkedIn.run(task.id)
    const payload = JSON.stringify({
      text: `工程师${who.full_name}已到达现场`,
      visit_id: visit.id,
      visit_no: visitNo,
      distance: decision.distanceMeters,
      radius: decision.allowedRadiusMeters,
      flags: decision.flags,
      evidence: digests,
    })
    append(who, task, payload)
    return { ...decision, visitId: visit.id }
  }

  return {
    staffById: (id: string) => statements.staffById.get(id),

    precheck(who: Staff, text: string) {
      const fix = JSON.parse(text) as Fix
      check(fix)
      const subject = statements.subject.get(fix.workOrderId)
      if (!subject) throw refuse(404)
      const live = { worker_id: subject.live_worker_id, status: subject.live_status }
      const decision = decide(who, { subject, live }, fix)
      keep(who, fix, { source: 'precheck', distance: decision.distanceMeters })
      return decision
    },

    submit(who: Staff, text: string) {
      const input = JSON.parse(text) as Submission
      check(input)
      if (typeof input.signature !== 'string' || input.signature.trim().length < 8) throw refuse(400)
      if (!Array.isArray(input.evidenceFileIds)) throw refuse(400)
      statements.begin.run()
      try {
        const result = checkIn(who, input)
        statements.commit.run()
        return result
      } catch (error) {
        statements.rollback.run()
        throw error
      }
    },
  }
}

function toVisit(
  who: Staff,
  { task, input, visitNo }: { task: LockedTask; input: Submission; visitNo: number },
  decision: { distanceMeters: number; allowedRadiusMeters: number; decision: string; flags: string[] },
) {
  const time = new Date().toISOString()
  return {
    id: v7(),
    work_order_id: task.id,
    visit_no: visitNo,
    worker_id: who.id,
    status: 'CHECKED_IN',
    open_key: task.id,
    checkin_at: time,
    checkout_at: null,
    captured_at: null,
    received_at: time,
    latitude: input.latitude,
    longitude: input.longitude,
    accuracy_meters: input.accuracy,
    distance_meters: decision.distanceMeters,
    radius_meters: decision.allowedRadiusMeters,
    radius_scope: 'GLOBAL',
    decision: decision.decision,
    service_latitude: task.service_latitude,
    service_longitude: task.service_longitude,
    signature: input.signature,
    flags: JSON.stringify(decision.flags),
    is_flagged: decision.flags.length > 0 ? 1 : 0,
    checkout_latitude: null,
    checkout_longitude: null,
    checkout_distance_meters: null,
    summary: null,
    review_decision: null,
    review_comment: null,
    reviewer_name: null,
    reviewed_at: null,
  }
}
