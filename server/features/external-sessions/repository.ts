import type { Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { ExternalAuthSessionTable, ExternalChallengeTable } from '../../db/external-schema'
import { first, pageWithTotal } from '../../db/sql-kit'

export type SessionRow = Selectable<ExternalAuthSessionTable>
/** A session in a list. */
export interface ListedSession extends SessionRow {
  lock_threshold: number
  is_active: boolean
  challenge_id: string | null
}
export type ChallengeRow = Selectable<ExternalChallengeTable>

export interface Lease {
  id: string
  /** Different for every attempt to take one. */
  owner: string
  now: Date
  until: Date
}

export function createExternalSessionRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const find = async (id: string, on: Db = db): Promise<SessionRow | null> =>
    (await on.selectFrom('external_auth_session').selectAll().where('id', '=', id).executeTakeFirst()) ?? null

  return {
    find,

    /** A site tells `bob` from `Bob`, SQL Server's usual collation does not: compared again here. */
    findByAccount: async (systemName: string, account: string): Promise<SessionRow | null> => {
      const rows = await db
        .selectFrom('external_auth_session')
        .selectAll()
        .where('system_name', '=', systemName)
        .where('account', '=', account)
        .execute()
      return rows.find((row) => row.account === account) ?? null
    },

    /** Each with what its system has to say of it, and the challenge it waits on that is not past its time. */
    list: (systemName: string | undefined, now: Date, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('external_auth_session as session')
        .innerJoin('external_system as system', 'system.system_name', 'session.system_name')
        .$if(systemName !== undefined, (query) => query.where('session.system_name', '=', systemName!))
      const rows = filtered
        .leftJoin('external_challenge as challenge', (join) =>
          join
            .onRef('challenge.live_key', '=', 'session.id')
            .on('challenge.live_key', 'is not', null)
            .on('challenge.expires_at', '>', now),
        )
        .selectAll('session')
        .select(['system.lock_threshold', 'system.is_active', 'challenge.id as challenge_id'])
        .orderBy('session.system_name')
        .orderBy('session.account')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** Sessions the keeper has to look at, longest due first. */
    due: (now: Date, count: number): Promise<SessionRow[]> =>
      first(
        db.selectFrom('external_auth_session').selectAll().where('next_action_at', '<=', now).orderBy('next_action_at'),
        engine,
        count,
      ).execute(),

    /** Takes the account for one login in one statement. @returns the row with its new fencing token; null: taken */
    takeLease: async ({ id, owner, now, until }: Lease): Promise<SessionRow | null> => {
      const { numUpdatedRows } = await db
        .updateTable('external_auth_session')
        .set((eb) => ({ lease_owner: owner, lease_until: until, fencing_token: eb('fencing_token', '+', 1) }))
        .where('id', '=', id)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .executeTakeFirst()
      if (numUpdatedRows !== 1n) return null
      const row = await find(id)
      return row?.lease_owner === owner ? row : null
    },

    /** Changes the row while the token is the newest. @returns false: somebody has taken over, nothing was written */
    hold: async (
      { id, fencing_token }: Pick<SessionRow, 'id' | 'fencing_token'>,
      changes: Updateable<ExternalAuthSessionTable>,
      on: Db = db,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('external_auth_session')
        .set(changes)
        .where('id', '=', id)
        .where('fencing_token', '=', fencing_token)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Lifts back-off and stop, unless the state has changed meanwhile. */
    lift: async (
      { id, state }: Pick<SessionRow, 'id' | 'state'>,
      changes: Updateable<ExternalAuthSessionTable>,
    ): Promise<void> => {
      await db
        .updateTable('external_auth_session')
        .set(changes)
        .where('id', '=', id)
        .where('state', '=', state)
        .execute()
    },

    findChallenge: async (id: string): Promise<ChallengeRow | null> =>
      (await db.selectFrom('external_challenge').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    /** The challenge a session waits on, unless it is past its time. */
    openChallenge: async (sessionId: string, now: Date): Promise<ChallengeRow | null> =>
      (await db
        .selectFrom('external_challenge')
        .selectAll()
        .where('live_key', '=', sessionId)
        .where('expires_at', '>', now)
        .executeTakeFirst()) ?? null,

    openChallenges: (now: Date, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('external_challenge')
        .where('live_key', 'is not', null)
        .where('expires_at', '>', now)
      const rows = filtered.selectAll().orderBy('create_time').orderBy('id')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** The one before is over. */
    insertChallenge: async (row: ChallengeRow, on: Db): Promise<void> => {
      await on
        .updateTable('external_challenge')
        .set({ state: 'expired', live_key: null })
        .where('live_key', '=', row.session_id)
        .execute()
      await on.insertInto('external_challenge').values(row).execute()
    },

    /** Of several who answer at once one is first. */
    answerChallenge: async (id: string, by: { name: string; time: Date }): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('external_challenge')
        .set({ state: 'answered', answered_by: by.name, answered_at: by.time })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .where('expires_at', '>', by.time)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    closeChallenge: async (id: string, state: ChallengeRow['state'], on: Db = db): Promise<void> => {
      await on.updateTable('external_challenge').set({ state, live_key: null }).where('id', '=', id).execute()
    },

    closeChallengesOf: async (sessionId: string, on: Db = db): Promise<void> => {
      await on
        .updateTable('external_challenge')
        .set({ state: 'expired', live_key: null })
        .where('live_key', '=', sessionId)
        .execute()
    },
  }
}

export type ExternalSessionRepository = ReturnType<typeof createExternalSessionRepository>
