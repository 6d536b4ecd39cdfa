import type { CompiledQuery, Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { CareTaskTable, WorkerLocationTable } from '../../db/field-work-schema'
import type { TaskFileTable } from '../../db/schema'
import { type Batch, contains, first, paged, prepare, prepareInsert } from '../../db/sql-kit'
import type { PastFix } from './decision'

export type VisitRow = Selectable<CareTaskTable>
export type LocationRow = Selectable<WorkerLocationTable>
export type EvidenceRow = Pick<
  Selectable<TaskFileTable>,
  'id' | 'sha256' | 'visit_id' | 'original_name' | 'captured_at'
>

export interface VisitFilter {
  flagged?: boolean
  reviewed?: boolean
  status?: CareTaskTable['status']
  worker_id?: string
  /** Checked in at or after. */
  from?: Date
  /** Checked in before. */
  to?: Date
  q?: string
}

export interface VisitListRow extends VisitRow {
  task_id: string
  worker_name: string | null
}

export type VisitExportRow = VisitListRow & { customer_company: string }

/** What a precheck needs of a work order. */
export interface CheckinSubject {
  id: string
  task_id: string
  status: 'open' | 'cancelled' | 'closed'
  org_id: string
  team_id: string | null
  worker_id: string | null
  service_latitude: number | null
  service_longitude: number | null
  live_worker_id: string | null
  live_status: 'ASSIGNED' | 'ACCEPTED' | null
}

export function createVisitRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const subject = prepare<{ id: string }, CheckinSubject>(
    db,
    (value) =>
      db
        .selectFrom('task')
        .leftJoin('hc_dispatch_assignments as live', (join) =>
          // SQL Server takes a filtered index only where the query says the filter.
          join.onRef('live.live_key', '=', 'task.id').on('live.live_key', 'is not', null),
        )
        .select([
          'task.id',
          'task.task_id',
          'task.status',
          'task.org_id',
          'task.team_id',
          'task.worker_id',
          'task.service_latitude',
          'task.service_longitude',
          'live.worker_id as live_worker_id',
          'live.status as live_status',
        ])
        .where('task.id', '=', value('id')) as never,
  )

  const lastAccepted = prepare<{ workerId: string }, PastFix>(db, (value) =>
    first(
      db
        .selectFrom('hc_worker_locations')
        .select(['gcj_latitude', 'gcj_longitude', 'reported_at', 'created_at'])
        .where('worker_id', '=', value('workerId'))
        .where('accepted', '=', true)
        .orderBy('created_at', 'desc'),
      engine,
      1,
    ),
  )

  const dayBefore = prepare<{ workerId: string; lat: number; lon: number; day: string }, { day: string | null }>(
    db,
    (value) =>
      db
        .selectFrom('hc_worker_locations')
        .select((eb) => eb.fn.max('day').as('day'))
        .where('worker_id', '=', value('workerId'))
        .where('latitude_e6', '=', value('lat'))
        .where('longitude_e6', '=', value('lon'))
        .where('day', '<', value('day')),
  )

  const insertLocation = prepareInsert(db, 'hc_worker_locations')
  const insertVisit = prepareInsert(db, 'ec_care_tasks')

  const openVisit = prepare<{ workOrderId: string }, VisitRow>(db, (value) =>
    db.selectFrom('ec_care_tasks').selectAll().where('open_key', '=', value('workOrderId')),
  )

  const lastVisitNo = prepare<{ workOrderId: string }, { last: number | null }>(db, (value) =>
    db
      .selectFrom('ec_care_tasks')
      .select((eb) => eb.fn.max('visit_no').as('last'))
      .where('work_order_id', '=', value('workOrderId')),
  )

  const freeEvidence = forEachLength<'workOrderId' | 'uploader', EvidenceRow>(db, (ids, value) =>
    db
      .selectFrom('task_file')
      .select(['id', 'sha256', 'visit_id', 'original_name', 'captured_at'])
      .where('id', 'in', ids)
      .where('owner', '=', 'evidence')
      .where('task_id', '=', value('workOrderId'))
      .where('uploader', '=', value('uploader'))
      .where('visit_id', 'is', null),
  )

  const useEvidence = forEachLength<'visitId', never>(
    db,
    (ids, value) =>
      db
        .updateTable('task_file')
        .set({ visit_id: value('visitId') })
        .where('id', 'in', ids) as never,
  )

  const usedElsewhere = forEachLength<'workOrderId', { id: string }>(db, (digests, value) =>
    first(
      db
        .selectFrom('task_file')
        .select('id')
        .where('sha256', 'in', digests)
        .where('owner', '=', 'evidence')
        .where('task_id', '<>', value('workOrderId'))
        .orderBy('id'),
      engine,
      1,
    ),
  )

  const rows = () =>
    db
      .selectFrom('ec_care_tasks as visit')
      .innerJoin('task', 'task.id', 'visit.work_order_id')
      .leftJoin('staff', 'staff.id', 'visit.worker_id')

  const filtered = ({ flagged, reviewed, status, worker_id, from, to, q }: VisitFilter) =>
    rows()
      .$if(status !== undefined, (query) => query.where('visit.status', '=', status!))
      .$if(worker_id !== undefined, (query) => query.where('visit.worker_id', '=', worker_id!))
      .$if(from !== undefined, (query) => query.where('visit.checkin_at', '>=', from!))
      .$if(to !== undefined, (query) => query.where('visit.checkin_at', '<', to!))
      .$if(flagged !== undefined, (query) => query.where('visit.is_flagged', '=', flagged!))
      .$if(reviewed === true, (query) => query.where('visit.reviewed_at', 'is not', null))
      .$if(reviewed === false, (query) => query.where('visit.reviewed_at', 'is', null))
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(['task.task_id', 'staff.full_name', 'task.customer_company'].map((column) => contains(column, q!))),
        ),
      )

  return {
    subject: async (workOrderId: string, on?: Db): Promise<CheckinSubject | null> =>
      (await subject({ id: workOrderId }, on))[0] ?? null,

    lastAcceptedFix: async (workerId: string, on?: Db): Promise<PastFix | null> =>
      (await lastAccepted({ workerId }, on))[0] ?? null,

    /** Newest day before `day` on which the worker reported exactly this position. */
    repeatedBefore: async (
      at: { workerId: string; lat: number; lon: number; day: string },
      on?: Db,
    ): Promise<string | null> => (await dayBefore(at, on))[0]?.day ?? null,

    insertLocation: (row: LocationRow, on?: Db): Promise<void> => insertLocation(row, on),

    openVisit: async (workOrderId: string, on?: Db): Promise<VisitRow | null> =>
      (await openVisit({ workOrderId }, on))[0] ?? null,

    nextVisitNo: async (workOrderId: string, on: Db): Promise<number> =>
      Number((await lastVisitNo({ workOrderId }, on))[0]?.last ?? 0) + 1,

    insert: (on: Db, row: VisitRow): Promise<void> => insertVisit(row, on),

    update: async (on: Db, id: string, changes: Updateable<CareTaskTable>): Promise<void> => {
      await on.updateTable('ec_care_tasks').set(changes).where('id', '=', id).execute()
    },

    find: async (id: string, on: Db = db): Promise<VisitRow | null> =>
      (await on.selectFrom('ec_care_tasks').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    ofWorkOrder: async (workOrderId: string): Promise<VisitListRow[]> =>
      rows()
        .selectAll('visit')
        .select(['task.task_id', 'staff.full_name as worker_name'])
        .where('visit.work_order_id', '=', workOrderId)
        .orderBy('visit.visit_no')
        .execute(),

    list: async (
      filter: VisitFilter,
      page: { page: number; size: number },
    ): Promise<{ rows: VisitListRow[]; total: number }> => {
      const list = await paged(
        filtered(filter)
          .selectAll('visit')
          .select(['task.task_id', 'staff.full_name as worker_name'])
          .orderBy('visit.checkin_at', 'desc')
          .orderBy('visit.id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await filtered(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows: list, total: Number(count) }
    },

    /** The next rows of an export, newest first: checked in before it began, and after `cursor` in this order. */
    batch: (filter: VisitFilter, { before, cursor, count }: Batch): Promise<VisitExportRow[]> =>
      first(
        filtered(filter)
          .selectAll('visit')
          .select(['task.task_id', 'task.customer_company', 'staff.full_name as worker_name'])
          .where('visit.checkin_at', '<=', cursor?.time ?? before)
          .$if(cursor !== null, (query) =>
            query.where((eb) => eb.or([eb('visit.checkin_at', '<', cursor!.time), eb('visit.id', '<', cursor!.id)])),
          )
          .orderBy('visit.checkin_at', 'desc')
          .orderBy('visit.id', 'desc'),
        engine,
        count,
      ).execute(),

    /** Evidence of this worker for this order that no visit has used yet. */
    freeEvidence: (ids: string[], of: { workOrderId: string; uploader: string }, on: Db): Promise<EvidenceRow[]> =>
      freeEvidence(ids, of, on),

    useEvidence: async (ids: string[], visitId: string, on: Db): Promise<void> => {
      await useEvidence(ids, { visitId }, on)
    },

    /** Whether one of these pictures was evidence on another order. */
    usedElsewhere: async (digests: string[], workOrderId: string, on: Db): Promise<boolean> =>
      (await usedElsewhere(digests, { workOrderId }, on)).length > 0,

    evidenceOf: (visitIds: string[]) =>
      visitIds.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('task_file')
            .selectAll()
            .where('visit_id', 'in', visitIds)
            .orderBy('position')
            .orderBy('id')
            .execute(),

    /** Spends a ticket. A nonce seen before is a unique violation. */
    spendTicket: async (on: Db, row: { nonce: string; work_order_id: string; create_time: Date }): Promise<void> => {
      await on.insertInto('offline_ticket_use').values(row).execute()
    },

    isTicketSpent: async (nonce: string, on: Db): Promise<boolean> =>
      (await on.selectFrom('offline_ticket_use').select('nonce').where('nonce', '=', nonce).execute()).length > 0,
  }
}

export type VisitRepository = ReturnType<typeof createVisitRepository>

type Value<Name extends string> = (name: Name) => string

/** Prepares a query over a list once for each length the list has had. */
function forEachLength<Name extends string, R>(
  db: Db,
  build: (list: string[], value: Value<Name>) => { compile(): CompiledQuery<R> },
): (list: string[], values: Record<Name, string>, on: Db) => Promise<R[]> {
  const statements = new Map<number, ReturnType<typeof prepare<Record<string, string>, R>>>()
  return (list, values, on) => {
    let run = statements.get(list.length)
    if (!run) {
      run = prepare<Record<string, string>, R>(db, (value) =>
        build(
          list.map((_, index) => value(String(index))),
          value,
        ),
      )
      statements.set(list.length, run)
    }
    return run({ ...list, ...values }, on)
  }
}
