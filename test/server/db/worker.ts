/** Runs one job on a database in a process of its own; see worker-process.ts. */
import { openDatabase } from '../../../server/db/database'
import { migrate } from '../../../server/db/migrate'
import type { Job, WorkerRequest } from './worker-process'
import type { ProbeDb } from './probe'

const JOBS: Record<Job, (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<unknown>> = {
  migrate,
  /** Reads, then writes: what a snapshot taken too early would get wrong. */
  increment: async ({ engine, transaction }) => {
    for (let i = 0; i < 100; i++)
      await transaction(async (real) => {
        const trx = real as unknown as ProbeDb
        const counter = trx.updateTable('probe').where('id', '=', 'counter')
        if (engine === 'mssql') return counter.set((eb) => ({ whole: eb('whole', '+', 1) })).execute()
        const { whole } = await trx.selectFrom('probe').select('whole').executeTakeFirstOrThrow()
        return counter.set({ whole: whole! + 1 }).execute()
      })
  },
}

async function run({ job, config }: WorkerRequest): Promise<void> {
  const database = await openDatabase(config)
  const result = await JOBS[job](database)
  await database.close()
  process.send!({ result })
  process.disconnect()
}

process.once('message', (request: WorkerRequest) => {
  run(request).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.send!('ready')
