import { fork } from 'node:child_process'
import path from 'node:path'
import type { DatabaseConfig } from '../../../server/config/config'

export type Job = 'migrate' | 'increment'
export interface WorkerRequest {
  job: Job
  config: DatabaseConfig
}

/** Does `job` on the database in another process, from the moment `go` resolves. @returns what the job returned */
export function runWorker(job: Job, config: DatabaseConfig, go: Promise<unknown> = Promise.resolve()) {
  const child = fork(path.join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] })
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()))
  const done = new Promise<unknown>((resolve, reject) => {
    child.on('message', (message) => {
      if (message !== 'ready') resolve((message as { result: unknown }).result)
    })
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
  })
  void Promise.all([ready, go]).then(() => child.send({ job, config } satisfies WorkerRequest))
  return Object.assign(done, { ready })
}
