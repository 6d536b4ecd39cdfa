import type { Selectable, Updateable } from 'kysely'
import type { SessionState, SessionStatus } from '../../../types/api/admin-external'
import type { Database, Db } from '../../db/database'
import type { ExternalApiEndpointTable, ExternalAuthSessionTable, ExternalSystemTable } from '../../db/external-schema'
import { contains, first, pageWithTotal } from '../../db/sql-kit'

export type SystemRow = Selectable<ExternalSystemTable>
export type EndpointRow = Selectable<ExternalApiEndpointTable>
export type AccountRow = Selectable<ExternalAuthSessionTable>

export interface SystemFilter {
  /** Looked for in name and address. */
  q?: string
  active?: boolean
}

export interface AccountSummary {
  system_name: string
  account: string
  status: SessionStatus
  state: SessionState
}

/** The columns that hold sealed values, for a change of the key. */
export interface SealedRow {
  id: string
  system_name: string
  account: string
  password: string
  cookie: string
}

type Sealed = Pick<SealedRow, 'password' | 'cookie'>

export function createExternalSystemRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const endpointsOf = (systemNames: string[], on: Db = db): Promise<EndpointRow[]> =>
    on
      .selectFrom('external_api_endpoint')
      .selectAll()
      .where('system_name', 'in', systemNames.length > 0 ? systemNames : [''])
      .orderBy('name')
      .execute()

  return {
    list: ({ q, active }: SystemFilter, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('external_system')
        .$if(q !== undefined, (query) =>
          query.where((eb) => eb.or(['system_name', 'base_url'].map((column) => contains(column, q!)))),
        )
        .$if(active !== undefined, (query) => query.where('is_active', '=', active!))
      return pageWithTotal({ filtered, rows: filtered.selectAll().orderBy('system_name') }, engine, page)
    },

    /** By name, or by id. */
    find: async (reference: string, on: Db = db): Promise<SystemRow | null> => {
      const rows = await on
        .selectFrom('external_system')
        .selectAll()
        .where((eb) => eb.or([eb('system_name', '=', reference), eb('id', '=', reference)]))
        .execute()
      return rows.find((row) => row.system_name === reference) ?? rows[0] ?? null
    },

    insert: async (row: SystemRow, on: Db): Promise<void> => {
      await on.insertInto('external_system').values(row).execute()
    },

    update: async (id: string, changes: Updateable<ExternalSystemTable>, on: Db = db): Promise<void> => {
      await on.updateTable('external_system').set(changes).where('id', '=', id).execute()
    },

    /** The system with its endpoints, accounts, challenges and pulls; pulled orders stay. */
    remove: async (system: Pick<SystemRow, 'id' | 'system_name'>, on: Db): Promise<void> => {
      for (const table of [
        'external_api_endpoint',
        'external_auth_session',
        'external_challenge',
        'external_pull_run',
      ] as const)
        await on.deleteFrom(table).where('system_name', '=', system.system_name).execute()
      await on.deleteFrom('external_system').where('id', '=', system.id).execute()
    },

    /** Systems whose pull is due. */
    pullsDue: (now: Date): Promise<SystemRow[]> =>
      db
        .selectFrom('external_system')
        .selectAll()
        .where('is_active', '=', true)
        .where('next_pull_at', '<=', now)
        .orderBy('next_pull_at')
        .execute(),

    endpoints: (systemName: string, on: Db = db): Promise<EndpointRow[]> => endpointsOf([systemName], on),

    endpointsOf,

    findEndpoint: async (id: string, on: Db = db): Promise<EndpointRow | null> =>
      (await on.selectFrom('external_api_endpoint').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    insertEndpoint: async (row: EndpointRow, on: Db): Promise<void> => {
      await on.insertInto('external_api_endpoint').values(row).execute()
    },

    updateEndpoint: async (id: string, changes: Updateable<ExternalApiEndpointTable>, on: Db): Promise<void> => {
      await on.updateTable('external_api_endpoint').set(changes).where('id', '=', id).execute()
    },

    removeEndpoint: async (id: string, on: Db): Promise<void> => {
      await on.deleteFrom('external_api_endpoint').where('id', '=', id).execute()
    },

    accounts: (systemNames: string[], on: Db = db): Promise<AccountSummary[]> =>
      on
        .selectFrom('external_auth_session')
        .select(['system_name', 'account', 'status', 'state'])
        .where('system_name', 'in', systemNames.length > 0 ? systemNames : [''])
        .orderBy('account')
        .execute(),

    accountRows: (systemName: string, on: Db): Promise<AccountRow[]> =>
      on
        .selectFrom('external_auth_session')
        .selectAll()
        .where('system_name', '=', systemName)
        .orderBy('account')
        .execute(),

    /** A site tells `bob` from `Bob`, SQL Server's usual collation does not: compared again here. */
    findAccount: async (systemName: string, account: string, on: Db = db): Promise<AccountRow | null> => {
      const rows = await on
        .selectFrom('external_auth_session')
        .selectAll()
        .where('system_name', '=', systemName)
        .where('account', '=', account)
        .execute()
      return rows.find((row) => row.account === account) ?? null
    },

    insertAccount: async (row: AccountRow, on: Db): Promise<void> => {
      await on.insertInto('external_auth_session').values(row).execute()
    },

    /** A changed password or system: whatever login is under way with the old one is void. */
    changeAccount: async (id: string, changes: Updateable<ExternalAuthSessionTable>, on: Db): Promise<void> => {
      await on
        .updateTable('external_auth_session')
        .set((eb) => ({
          ...changes,
          lease_owner: null,
          lease_until: null,
          fencing_token: eb('fencing_token', '+', 1),
        }))
        .where('id', '=', id)
        .execute()
    },

    removeAccount: async (id: string, on: Db): Promise<void> => {
      await on.deleteFrom('external_challenge').where('session_id', '=', id).execute()
      await on.deleteFrom('external_auth_session').where('id', '=', id).execute()
    },

    /** Everything sealed, for a change of the key. */
    sealed: (on: Db = db): Promise<SealedRow[]> =>
      on
        .selectFrom('external_auth_session')
        .select(['id', 'system_name', 'account', 'password', 'cookie'])
        .orderBy('id')
        .execute(),

    /** Of the account added last; null: there is none. */
    newestSealed: async (): Promise<Sealed | null> => {
      const newest = db.selectFrom('external_auth_session').select(['password', 'cookie']).orderBy('id', 'desc')
      return (await first(newest, engine, 1).executeTakeFirst()) ?? null
    },

    /** A value that a server wrote meanwhile is the newer one and stays. */
    reseal: async (known: Pick<SealedRow, 'id' | 'password' | 'cookie'>, sealed: Sealed, on: Db): Promise<void> => {
      for (const column of ['password', 'cookie'] as const)
        await on
          .updateTable('external_auth_session')
          .set({ [column]: sealed[column] })
          .where('id', '=', known.id)
          .where(column, '=', known[column])
          .execute()
    },

    sealedChallenges: (on: Db = db): Promise<{ id: string; context: string }[]> =>
      on.selectFrom('external_challenge').select(['id', 'context']).orderBy('id').execute(),

    resealChallenge: async ({ id, context }: { id: string; context: string }, on: Db): Promise<void> => {
      await on.updateTable('external_challenge').set({ context }).where('id', '=', id).execute()
    },
  }
}

export type ExternalSystemRepository = ReturnType<typeof createExternalSystemRepository>
