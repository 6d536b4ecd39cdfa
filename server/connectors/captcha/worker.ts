import { parentPort } from 'node:worker_threads'
import { findModels, loadModels } from './models'
import type { WorkerAnswer, WorkerRequest } from './local'

/** Runs in a thread of its own: an image costs up to 100 ms of pure computing. */
const models = loadModels(findModels()!)
// Reported with the first image; until then nobody waits for it.
models.catch(() => {})

let underWay: Promise<unknown> = models.catch(() => {})

parentPort?.on('message', (request: WorkerRequest | null) => {
  if (request === null) return void underWay.finally(() => process.exit(0))
  const answered = answer(request)
  underWay = underWay.then(() => answered)
})

const answer = ({ id, image, spec }: WorkerRequest): Promise<unknown> =>
  models
    .then((loaded) => loaded.read(image, spec))
    .then(
      (reading): WorkerAnswer => ({ id, reading, fault: null }),
      (error: Error): WorkerAnswer => ({ id, reading: null, fault: error.message }),
    )
    .then((message) => parentPort?.postMessage(message))
    .catch(() => process.exit(1))
