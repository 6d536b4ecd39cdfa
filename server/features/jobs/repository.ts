import type { Selectable } from 'kysely'
import type { Database } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { JobRunTable } from '../../db/partner-schema'

export type JobRunRow = Selectable<JobRunTable>

export interface JobLease {
  name: string
  owner: string
  until: Date
}

export function createJobRepository({ db }: Pick<Database, 'db'>) {
  const update = async (name: string, changes: Partial<JobRunRow>): Promise<boolean> => {
    const { numUpdatedRows } = await db.updateTable('job_run').set(changes).where('name', '=', name).executeTakeFirst()
    return numUpdatedRows > 0n
  }

  return {
    /** Makes a job known, or its title, schedule and next run what they are now. */
    announce: async (job: Pick<JobRunRow, 'name' | 'title' | 'schedule' | 'next_run_at'>): Promise<void> => {
      const { name, ...changes } = job
      if (await update(name, changes)) return
      try {
        await db.insertInto('job_run').values(job).execute()
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        await update(name, changes)
      }
    },

    /**
     * Takes a job for the run that was due then, unless somebody has it or the run is done; one whose process died
     * before its end is not done.
     */
    take: async ({ name, owner, until }: JobLease, times: { now: Date; due: Date }): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('job_run')
        .set({ lease_owner: owner, lease_until: until, started_at: times.now })
        .where('name', '=', name)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', times.now)]))
        .where((eb) =>
          eb.or([
            eb('started_at', 'is', null),
            eb('started_at', '<', times.due),
            eb('finished_at', 'is', null),
            eb('finished_at', '<', eb.ref('started_at')),
          ]),
        )
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    isTaken: async (name: string, now: Date): Promise<boolean> => {
      const row = await db
        .selectFrom('job_run')
        .select('name')
        .where('name', '=', name)
        .where('lease_until', '>=', now)
        .executeTakeFirst()
      return row !== undefined
    },

    renew: async ({ name, owner, until }: JobLease): Promise<void> => {
      await db
        .updateTable('job_run')
        .set({ lease_until: until })
        .where('name', '=', name)
        .where('lease_owner', '=', owner)
        .execute()
    },

    /**
     * Notes what came of a run, and gives back the job to which its owner held the lease; of one that another took over
     * since, nothing is noted.
     */
    finish: async (name: string, owner: string | null, outcome: Partial<JobRunRow>): Promise<void> => {
      const row = db
        .updateTable('job_run')
        .set({ ...outcome, lease_owner: null, lease_until: null })
        .where('name', '=', name)
      await (owner === null ? row : row.where('lease_owner', '=', owner)).execute()
    },

    list: (): Promise<JobRunRow[]> => db.selectFrom('job_run').selectAll().orderBy('name').execute(),
  }
}

export type JobRepository = ReturnType<typeof createJobRepository>
