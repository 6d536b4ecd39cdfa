import { parentPort } from 'node:worker_threads'
import { findModels, loadModels } from './models'
import type { WorkerAnswer, WorkerRequest } from './local'

/** Runs in a thread of its own: an image costs up to 100 ms of pure computing. */
const models = loadModels(findModels()!)
// Reported with the first image; until then nobody waits for it.
models.catch(() => {})

parentPort?.on('message', ({ id, image, spec }: WorkerRequest) => {
  models
    .then((loaded) => loaded.read(image, spec))
    .then(
      (reading): WorkerAnswer => ({ id, reading, fault: null }),
      (error: Error): WorkerAnswer => ({ id, reading: null, fault: error.message }),
    )
    .then((answer) => parentPort?.postMessage(answer))
    .catch(() => process.exit(1))
})
