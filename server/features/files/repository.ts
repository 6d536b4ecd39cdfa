import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { TaskFileTable } from '../../db/schema'
import { first } from '../../db/sql-kit'

export type FileRow = Selectable<TaskFileTable>
export type FileTarget = Partial<Pick<FileRow, 'task_id' | 'step_record_id' | 'visit_id'>> & {
  owner: Exclude<FileRow['owner'], 'unused'>
}

/** Keeps each statement below SQL Server's 2,100 parameters. */
const ROWS_PER_INSERT = 50

export function createFileRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  return {
    find: async (id: string): Promise<FileRow | null> =>
      (await db.selectFrom('task_file').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    ofTask: (taskId: string): Promise<FileRow[]> =>
      db.selectFrom('task_file').selectAll().where('task_id', '=', taskId).orderBy('position').orderBy('id').execute(),

    byIds: async (ids: string[], on: Db = db): Promise<FileRow[]> =>
      ids.length === 0 ? [] : on.selectFrom('task_file').selectAll().where('id', 'in', ids).execute(),

    insert: async (rows: FileRow[], on: Db = db): Promise<void> => {
      for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
        await on
          .insertInto('task_file')
          .values(rows.slice(i, i + ROWS_PER_INSERT))
          .execute()
    },

    /** Gives an unused file of this uploader to its owner. @returns false when it is not theirs or is used already */
    attach: async (
      id: string,
      uploader: string,
      target: FileTarget & { position: number },
      on: Db,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('task_file')
        .set(target)
        .where('id', '=', id)
        .where('uploader', '=', uploader)
        .where('owner', '=', 'unused')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** An avatar that another replaced belongs to nobody and is swept. */
    release: async (id: string, uploader: string, on: Db): Promise<void> => {
      await on
        .updateTable('task_file')
        .set({ owner: 'unused' })
        .where('id', '=', id)
        .where('uploader', '=', uploader)
        .where('owner', '=', 'avatar')
        .execute()
    },

    /** Oldest first. */
    unusedBefore: (before: Date, count: number): Promise<Pick<FileRow, 'id' | 'storage_key'>[]> =>
      first(
        db
          .selectFrom('task_file')
          .select(['id', 'storage_key'])
          .where('owner', '=', 'unused')
          .where('create_time', '<', before)
          .orderBy('create_time'),
        engine,
        count,
      ).execute(),

    /** @returns false when somebody attached it in the meantime */
    removeUnused: async (id: string): Promise<boolean> => {
      const { numDeletedRows } = await db
        .deleteFrom('task_file')
        .where('id', '=', id)
        .where('owner', '=', 'unused')
        .executeTakeFirst()
      return numDeletedRows === 1n
    },

    /** Which of these storage keys have a row. */
    knownKeys: async (keys: string[]): Promise<Set<string>> => {
      const rows = await db
        .selectFrom('task_file')
        .select(['storage_key', 'stamped_key'])
        .where((eb) => eb.or([eb('storage_key', 'in', keys), eb('stamped_key', 'in', keys)]))
        .execute()
      return new Set(rows.flatMap((row) => [row.storage_key, row.stamped_key ?? '']))
    },
  }
}

export type FileRepository = ReturnType<typeof createFileRepository>
