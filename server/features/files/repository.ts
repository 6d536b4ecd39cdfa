import type { Selectable } from 'kysely'
import type { CloudObjectTable } from '../../db/cloud-schema'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { TaskFileTable } from '../../db/schema'
import { first } from '../../db/sql-kit'

export type FileRow = Selectable<TaskFileTable>
export type CloudObjectRow = Selectable<CloudObjectTable>
export type FileTarget = Partial<Pick<FileRow, 'task_id' | 'step_record_id' | 'visit_id'>> & {
  owner: Exclude<FileRow['owner'], 'unused'>
}

/** Keeps each statement below SQL Server's 2,100 parameters. */
const ROWS_PER_INSERT = 50

export function createFileRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const updateObject = async (key: string, changes: Partial<CloudObjectRow>): Promise<boolean> => {
    const { numUpdatedRows } = await db
      .updateTable('cloud_object')
      .set(changes)
      .where('storage_key', '=', key)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

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

    /** A key about to be written in cloud storage; written again it keeps its content until then. */
    startObject: async (key: string, time: Date): Promise<void> => {
      if (await updateObject(key, { written_at: time })) return
      try {
        await db
          .insertInto('cloud_object')
          .values({ storage_key: key, file_id: null, size: null, written_at: time })
          .execute()
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        await updateObject(key, { written_at: time })
      }
    },

    finishObject: async (key: string, content: Pick<CloudObjectRow, 'file_id' | 'size'>): Promise<void> => {
      await updateObject(key, content)
    },

    findObject: async (key: string): Promise<CloudObjectRow | null> =>
      (await db.selectFrom('cloud_object').selectAll().where('storage_key', '=', key).executeTakeFirst()) ?? null,

    removeObject: async (key: string): Promise<void> => {
      await db.deleteFrom('cloud_object').where('storage_key', '=', key).execute()
    },

    /** Not written since `before`, oldest first, from after `last` on. */
    objectsBefore: (
      before: Date,
      last: Pick<CloudObjectRow, 'written_at' | 'storage_key'>,
      count: number,
    ): Promise<Pick<CloudObjectRow, 'written_at' | 'storage_key'>[]> =>
      first(
        db
          .selectFrom('cloud_object')
          .select(['written_at', 'storage_key'])
          .where('written_at', '<', before)
          .where((eb) =>
            eb.or([
              eb('written_at', '>', last.written_at),
              eb.and([eb('written_at', '=', last.written_at), eb('storage_key', '>', last.storage_key)]),
            ]),
          )
          .orderBy('written_at')
          .orderBy('storage_key'),
        engine,
        count,
      ).execute(),
  }
}

export type FileRepository = ReturnType<typeof createFileRepository>
