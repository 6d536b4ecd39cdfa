import type { Selectable } from 'kysely'
import type { Database, Db } from '../../../server/db/database'
import type { Schema } from '../../../server/db/schema'
import { createAuditRepository } from '../../../server/features/audit/repository'
import { createCloudRepository } from '../../../server/features/cloud/repository'
import { createCustomerRepository } from '../../../server/features/customers/repository'
import { createDispatchRepository } from '../../../server/features/dispatch/repository'
import { createExternalLogRepository } from '../../../server/features/external-log/repository'
import { createExternalSessionRepository } from '../../../server/features/external-sessions/repository'
import { createExternalSystemRepository } from '../../../server/features/external-systems/repository'
import { createExternalWorkOrderRepository } from '../../../server/features/external-work-orders/repository'
import { createFileRepository } from '../../../server/features/files/repository'
import { createIdempotencyRepository } from '../../../server/features/idempotency/repository'
import { createJobRepository } from '../../../server/features/jobs/repository'
import { createNgsSyncRepository } from '../../../server/features/ngs-sync/repository'
import { createNotificationRepository } from '../../../server/features/notifications/repository'
import { createOutboxRepository } from '../../../server/features/outbox/repository'
import { createOverviewRepository } from '../../../server/features/overview/repository'
import { createSlaRepository } from '../../../server/features/sla/repository'
import { createStaffRepository } from '../../../server/features/staff/repository'
import { createSyncRepository } from '../../../server/features/sync/repository'
import { createTaskRepository } from '../../../server/features/tasks/repository'
import { createVisitRepository } from '../../../server/features/visits/repository'
import { createEventRepository } from '../../../server/features/work-order-events/repository'
import { createWxworkRepository } from '../../../server/features/wxwork/repository'
import { createWorkOrderRepository } from '../../../server/features/work-orders/repository'

/** Arguments to call every function of a repository with; several lists where a function asks different questions. */
type Calls<R> = { [K in keyof R]: R[K] extends (...args: infer A) => unknown ? A[] : never }

export interface Samples {
  on: Db
  /** A row with every column of the table. */
  row<T extends keyof Schema>(table: T): Selectable<Schema[T]>
}

const time = new Date('2026-03-02T02:00:00.123Z')
const id = '0195b000-0000-7000-8000-000000000000'
const lastPage = { page: 1_000_000, size: 100 }
const firstBatch = { before: time, cursor: null, count: 1000 }
const nextBatch = { before: time, cursor: { time, id }, count: 1000 }
const firstPage = { page: 1, size: 10 }
const texts = (count: number) => Array.from({ length: count }, (_, i) => `${id}-${i}`)
const q = "50%_[a]\\'"

export interface Sampled {
  create(database: Database): object
  calls(samples: Samples): Record<string, unknown[][]>
}

/** A new function of a repository does not pass the type check until it is called here, with its largest legal input. */
const repository =
  <R extends object>(create: (database: Database) => R) =>
  (calls: (samples: Samples) => Calls<R>): Sampled => ({
    create,
    calls: calls as Sampled['calls'],
  })

/** By folder of `server/features`; the test looks that none is missing. */
export const REPOSITORIES: Record<string, Sampled> = {
  audit: repository(createAuditRepository)(({ on, row }) => ({
    insert: [[row('audit_log'), on]],
    list: [
      [{}, firstPage],
      [{ q, from: time, to: time }, lastPage],
    ],
  })),
  cloud: repository(createCloudRepository)(({ on, row }) => ({
    spendNonce: [['0'.repeat(32), time]],
    removeNoncesBefore: [[time]],
    addMessage: [[row('cloud_message')]],
    pendingMessages: [[20]],
    takeMessage: [[id, time]],
    unsettledMessages: [[time, 20]],
    message: [[id, on]],
    settleMessage: [[on, id, { state: 'SENT', error: null, update_time: time }]],
    removeMessagesBefore: [[time]],
  })),
  customers: repository(createCustomerRepository)(({ on, row }) => ({
    find: [[1], [1, on]],
    findLive: [[1], [1, on]],
    lock: [
      [on, 1, 'Shared'],
      [on, 1, 'Exclusive'],
    ],
    lockName: [[on, 'n']],
    findByOpenid: [['o'], ['o', on]],
    insert: [[{ openid: 'o', unionid: null, time }]],
    unboundByName: [['n', on]],
    insertNamed: [['n', time, on]],
    update: [
      [1, { phone: '1', update_time: time }],
      [1, { name: 'n' }, on],
    ],
    unboundByPhone: [[texts(6), on]],
    hasAbsorbed: [[1, on]],
    releaseOpenid: [[1, 2, on]],
    bindOpenid: [[1, { ...row('customer'), wechat_unionid: null, time }, on]],
    moveBelongings: [[1, 2, on]],
    list: [
      [undefined, firstPage],
      [q, lastPage],
    ],
  })),
  dispatch: repository(({ db }) => createDispatchRepository(db))(({ on, row }) => ({
    live: [[id], [id, on]],
    insert: [[on, row('hc_dispatch_assignments')]],
    accept: [[on, id, time]],
    end: [[on, id, { status: 'REJECTED', reason: null, time }]],
    hadOnce: [[id, id, on]],
  })),
  'external-log': repository(createExternalLogRepository)(({ on, row }) => ({
    find: [[id]],
    insert: [[Array.from({ length: 250 }, () => row('external_api_log'))], [[row('external_api_log')], on]],
    list: [
      [{}, firstPage],
      [{ system: 'ngs', success: false, q, from: time, to: time }, lastPage],
    ],
    removeBefore: [[time]],
  })),
  'external-sessions': repository(createExternalSessionRepository)(({ on, row }) => ({
    find: [[id], [id, on]],
    findByAccount: [['s', 'a']],
    list: [
      [undefined, time, firstPage],
      ['s', time, lastPage],
    ],
    due: [[time, 20]],
    takeLease: [[{ id, owner: id, now: time, until: time }]],
    hold: [
      [
        { id, fencing_token: 1 },
        { state: 'ACTIVE', lease_until: null },
      ],
      [{ id, fencing_token: 1 }, { failures: 0 }, on],
    ],
    lift: [[{ id, state: 'SITE_DOWN' }, { retry_at: null }]],
    findChallenge: [[id]],
    openChallenge: [[id, time]],
    openChallenges: [[time, lastPage]],
    insertChallenge: [[row('external_challenge'), on]],
    answerChallenge: [[id, { name: 'n', time }]],
    closeChallenge: [
      [id, 'solved'],
      [id, 'failed', on],
    ],
    closeChallengesOf: [[id], [id, on]],
  })),
  'external-systems': repository(createExternalSystemRepository)(({ on, row }) => ({
    list: [
      [{}, firstPage],
      [{ q, active: true }, lastPage],
    ],
    find: [[id], ['s', on]],
    insert: [[row('external_system'), on]],
    update: [
      [id, { watermark: 'w' }],
      [id, { is_active: false }, on],
    ],
    remove: [[{ id, system_name: 's' }, on]],
    pullsDue: [[time]],
    endpoints: [['s'], ['s', on]],
    endpointsOf: [[['s', 't']], [[], on]],
    findEndpoint: [[id], [id, on]],
    insertEndpoint: [[row('external_api_endpoint'), on]],
    updateEndpoint: [[id, { name: 'n' }, on]],
    removeEndpoint: [[id, on]],
    accounts: [[[]], [texts(100), on]],
    accountRows: [['s', on]],
    findAccount: [
      ['s', 'a'],
      ['s', 'a', on],
    ],
    insertAccount: [[row('external_auth_session'), on]],
    changeAccount: [[id, { state: 'EXPIRED' }, on]],
    removeAccount: [[id, on]],
    sealed: [[], [on]],
    newestSealed: [[]],
    reseal: [[{ id, password: 'p', cookie: 'c' }, { password: 'q', cookie: 'd' }, on]],
    sealedChallenges: [[], [on]],
    resealChallenge: [[{ id, context: 'c' }, on]],
  })),
  'external-work-orders': repository(createExternalWorkOrderRepository)(({ on, row }) => ({
    findRun: [[id]],
    runs: [
      [undefined, firstPage],
      ['s', lastPage],
    ],
    liveRun: [['s']],
    orphans: [[time]],
    insertRun: [[row('external_pull_run'), on]],
    takeRun: [[{ id, owner: id, now: time, until: time }]],
    holdRun: [
      [{ id, fencing_token: 1 }, { seen: 1 }],
      [{ id, fencing_token: 1 }, { state: 'done' }, on],
    ],
    known: [
      ['s', []],
      ['s', texts(1000)],
    ],
    insertOrder: [[row('external_work_order'), on]],
    updateOrder: [[id, { detail: 'd' }, on]],
    lockOrder: [[id, on]],
    link: [[id, { id, task_id: 'T202603020001' }, on]],
    list: [
      [{}, firstPage],
      [{ system: 's', q, imported: false }, lastPage],
      [{ imported: true }, firstPage],
    ],
  })),
  files: repository(createFileRepository)(({ on, row }) => ({
    find: [[id]],
    ofTask: [[id]],
    byIds: [[[]], [texts(20), on]],
    insert: [[Array.from({ length: 120 }, () => row('task_file')), on]],
    attach: [[id, 'customer:1', { owner: 'submission', task_id: id, step_record_id: id, position: 0 }, on]],
    release: [[id, 'customer:1', on]],
    unusedBefore: [[time, 200]],
    removeUnused: [[id]],
    knownKeys: [[texts(200)]],
    startObject: [['k', time]],
    finishObject: [['k', { file_id: 'f', size: 1 }]],
    findObject: [['k']],
    removeObject: [['k']],
    objectsBefore: [[time, { written_at: time, storage_key: 'k' }, 200]],
  })),
  idempotency: repository(createIdempotencyRepository)(({ on }) => ({
    find: [[id, time]],
    insert: [[on, { id, fingerprint: 'f', status: 200, answer: { some: 'answer' }, create_time: time }]],
    removeBefore: [[time]],
    remove: [[on, id]],
    removeOld: [[on, id, time]],
  })),
  jobs: repository(createJobRepository)(() => ({
    announce: [[{ name: 'n', title: 't', schedule: '* * * * * *', next_run_at: time }]],
    take: [
      [
        { name: 'n', owner: id, until: time },
        { now: time, due: time },
      ],
    ],
    isTaken: [['n', time]],
    renew: [[{ name: 'n', owner: id, until: time }]],
    finish: ['o', null].map((owner) => ['n', owner, { result: 'ok', detail: '{}', finished_at: time }]),
    list: [[]],
  })),
  'ngs-sync': repository(createNgsSyncRepository)(({ on }) => ({
    subject: [[id]],
    setIds: [[on, id, { oId: 'o', taskId: 't' }]],
    drift: [
      [{ late: time }, firstPage],
      [{ late: time, q }, lastPage],
    ],
    entries: [[[id]], [texts(100)]],
    findTask: [[id, on]],
    wakeCustomer: [[on, 1, time]],
  })),
  overview: repository(createOverviewRepository)(() => ({
    created: [[time]],
    completed: [[time]],
    visits: [[time]],
    ratings: [[time]],
    openSteps: [[]],
    standing: [[{ now: time, today: time }]],
  })),
  outbox: repository(createOutboxRepository)(({ on, row }) => ({
    lastSeq: [[on, 'ngs', id]],
    insert: [[on, row('outbox')]],
    find: [[id], [id, on]],
    due: [[time, 20]],
    claim: [[id, { claim: id, until: time, now: time }]],
    settle: [[on, { id, claim: id, from: ['SENDING', 'UNKNOWN'] }, { state: 'SENT', updated_at: time }]],
    abandoned: [[time]],
    change: [[on, { id, from: ['PENDING', 'UNKNOWN', 'DEAD'] }, { state: 'PENDING', updated_at: time }]],
    wakeKey: [[on, { system: 'ngs', key: id, now: time }]],
    hasten: [['ngs', time]],
    depth: [[]],
    list: [
      [{}, firstPage],
      [{ state: 'DEAD', topic: 'ngs', waiting: true, q }, lastPage],
    ],
  })),
  notifications: repository(createNotificationRepository)(({ on, row }) => ({
    grant: [[{ customerId: 1, templateId: 't', time }, on]],
    insert: [[row('notification')], [row('notification'), on]],
    credits: [
      [1, 'T'],
      [1, 'T', on],
    ],
    spendCredit: [[{ customerId: 1, templateId: 'T', time }, on]],
    clearCredit: [[{ customerId: 1, templateId: 'T', time }, on]],
    staffOf: [['ADMIN'], ['HOMECARE_DISPATCHER', on]],
    recipient: [['customer:1'], [`staff:${id}`, on]],
    worker: [[id, on]],
    insertLog: [[row('notification_log'), on]],
    findLog: [[id], [id, on]],
    updateLog: [[id, { outcome: 'sent', attempts: '[]', update_time: time }, on]],
    listLog: [
      [{}, firstPage],
      [{ event: 'DONE', audience: 'customer', channel: 'wechat', outcome: 'sent', q, from: time, to: time }, lastPage],
    ],
    list: [
      ['customer:1', firstPage],
      ['customer:1', lastPage],
    ],
    markRead: [
      [[], time],
      [texts(100), time],
    ],
  })),
  sla: repository(createSlaRepository)(({ on, row }) => ({
    rulesFor: [[{ id, org_id: id, team_id: null }], [{ id, org_id: id, team_id: id }, on]],
    allActive: [[]],
    list: [
      [{}, firstPage],
      [{ q, config_key: 'k', scope_type: 'TEAM', active: false }, lastPage],
    ],
    upsert: [[row('sys_sla_config'), on]],
    subject: [[id]],
    submittedFixes: [[time, lastPage]],
  })),
  staff: repository(createStaffRepository)(({ on, row }) => ({
    find: [[id], [id, on]],
    findByEmail: [['worker@example.com']],
    insert: [[row('staff'), on]],
    update: [[id, { is_active: false, tokens_valid_after: time }, on]],
    list: [
      [{}, firstPage],
      [{ role: 'ADMIN', active: true, q }, lastPage],
    ],
    isEmpty: [[]],
  })),
  sync: repository(({ db }) => createSyncRepository(db))(({ on, row }) => ({
    find: [[id]],
    insert: [[on, row('sync_item')]],
  })),
  tasks: repository(createTaskRepository)(({ on, row }) => ({
    ensureDay: [['20260302']],
    nextNumber: [['20260302', on]],
    insert: [[on, row('task')]],
    lock: [[on, id, time]],
    update: [[on, id, { current_step: 1, update_time: time }]],
    ownId: [
      [1, 'T202603020001'],
      [1, id],
    ],
    findOwn: [
      [1, 'T202603020001'],
      [1, id],
    ],
    listOwn: [
      [1, {}, firstPage],
      [1, {}, lastPage],
      [1, { status: 'open', type: 'repair', q }, lastPage],
    ],
    insertStep: [[on, row('step_record')]],
    steps: [[id]],
    insertEvaluation: [[on, row('service_evaluation')]],
    evaluation: [[id]],
    listEvaluations: [
      [{}, firstPage],
      [{ q, below: 3, low: true, from: time, to: time }, lastPage],
      [{ low: false }, lastPage],
    ],
    evaluationBatch: [
      [{}, firstBatch],
      [{ q, low: true, from: time, to: time }, nextBatch],
    ],
  })),
  visits: repository(createVisitRepository)(({ on, row }) => ({
    subject: [[id], [id, on]],
    lastAcceptedFix: [[id], [id, on]],
    repeatedBefore: [[{ workerId: id, lat: 31_230_416, lon: 121_473_701, day: '20260302' }, on]],
    insertLocation: [[row('hc_worker_locations'), on]],
    openVisit: [[id], [id, on]],
    nextVisitNo: [[id, on]],
    insert: [[on, row('ec_care_tasks')]],
    update: [[on, id, { status: 'CHECKED_OUT', open_key: null, checkout_at: time }]],
    find: [[id], [id, on]],
    ofWorkOrder: [[id]],
    list: [
      [{}, firstPage],
      [{ flagged: true, reviewed: true, q }, lastPage],
      [{ flagged: false, reviewed: false }, lastPage],
      [{ status: 'CHECKED_IN', worker_id: id, from: time, to: time }, lastPage],
    ],
    batch: [
      [{}, firstBatch],
      [{ flagged: true, reviewed: false, worker_id: id, q }, nextBatch],
    ],
    freeEvidence: [[texts(20), { workOrderId: id, uploader: 'staff:1' }, on]],
    useEvidence: [[texts(20), id, on]],
    usedElsewhere: [[texts(20), id, on]],
    evidenceOf: [[[]], [texts(100)]],
    spendTicket: [[on, { nonce: 'n', work_order_id: id, create_time: time }]],
    isTicketSpent: [['n', on]],
  })),
  'work-orders': repository(createWorkOrderRepository)(() => ({
    find: [[id]],
    list: [
      [{}, firstPage],
      [{ workerId: id, status: 'open', done: true, type: 'repair', q }, lastPage],
      [{ unassigned: true, done: false }, lastPage],
      [
        { step: 1, origin: 'external', from: time, to: time, attention: { reason: 'undispatched', now: time } },
        lastPage,
      ],
      [{ by: 'completed', from: time, to: time }, firstPage],
      [{ by: 'cancelled', from: time, to: time }, firstPage],
      [{ attention: { reason: 'unaccepted', now: time } }, lastPage],
      [{ attention: { reason: 'appointment_soon', now: time } }, lastPage],
      [{ attention: { reason: 'appointment_missed', now: time } }, lastPage],
    ],
    batch: [
      [{}, firstBatch],
      [{ workerId: id, attention: { reason: 'unaccepted', now: time }, q }, nextBatch],
    ],
  })),
  wxwork: repository(createWxworkRepository)(({ on, row }) => ({
    find: [[id], [id, on]],
    findByUuid: [['u'], ['u', on]],
    findByVid: [['v'], ['v', on]],
    active: [[]],
    newestOptions: [[]],
    list: [[], [on]],
    insert: [[row('wxwork_session')], [row('wxwork_session'), on]],
    update: [
      [{ id }, { state: 'ONLINE' }],
      [{ id, version: 1 }, { is_login: true, next_try_at: null }, on],
    ],
    dueForCheck: [[time]],
    takeCheck: [[{ id, version: 1 }, time]],
    monitorEnabled: [[]],
    setMonitor: [[true, time]],
    insertEvent: [[row('wxwork_event')], [row('wxwork_event'), on]],
    pruneEvents: [[id, 100]],
    events: [[100]],
    countEvents: [[]],
    storeNotices: [[[row('wxwork_notice')]], [Array.from({ length: 300 }, () => row('wxwork_notice'))]],
    openNotices: [[100]],
    takeNotices: [[[id, id], time, on]],
    pruneNotices: [[time]],
    insertMessage: [
      [
        {
          session_id: id,
          receiver: 'r',
          kf_id: 0,
          is_room: false,
          content: 'c',
          state: 'PENDING',
          patient: true,
          created_at: time,
        },
        on,
      ],
    ],
    findMessage: [[1]],
    busySessions: [[]],
    takeTurn: [[id, { owner: id, until: time, now: time }]],
    endTurn: [
      [id, id, null],
      [id, id, time],
    ],
    sending: [[id]],
    findListing: [[id]],
    beginListing: [[{ sessionId: id, owner: id, now: time, until: time }, on]],
    moveListing: [
      [id, id, { state: 'failed', error: 'e', finished_at: time }],
      [id, id, { state: 'running', kind: 'external', str_seq: 's', page_no: 2, owned_until: time }, on],
    ],
    abandonedListings: [[time]],
    takeListing: [[id, { owner: id, now: time, until: time }]],
    insertContacts: [[row('wxwork_contact_page'), on]],
    contactPages: [[id]],
    nextMessage: [
      [id, { patientToo: true }],
      [id, { patientToo: false }],
    ],
    beginSending: [[on, { id: 1, sessionId: id, owner: id }, { now: time, nextSendAt: time }]],
    settleMessage: [
      [1, { state: 'SENT', finished_at: time }],
      [1, { state: 'UNKNOWN' }, on],
    ],
    recentStarts: [[id, time, 20]],
    countWaiting: [[]],
    messages: [[id, 100]],
  })),
  'work-order-events': repository(createEventRepository)(({ on, row }) => ({
    insert: [[on, row('hc_work_order_events')]],
    advanceHead: [[on, id, 0, { seq: 1, hash: 'h' }]],
    heads: [[time, '', 500]],
    head: [[id]],
    headOf: [[id]],
    chains: [[texts(500)]],
    newestKeyId: [[]],
    firstOrphan: [[]],
    ofWorkOrder: [[id]],
  })),
}
