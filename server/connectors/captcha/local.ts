import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { CaptchaDecoder } from './decoder'
import { findModels } from './models'
import type { CaptchaReading, CaptchaSpec } from './spelling'

export interface WorkerRequest {
  id: number
  image: Uint8Array
  spec: CaptchaSpec
}
export interface WorkerAnswer {
  id: number
  reading: CaptchaReading | null
  fault: string | null
}

/** The models take 180 MB: they are let go when nobody asked for this long. */
const IDLE_MS = 10 * 60_000
const TIMEOUT_MS = 30_000
/** Longer than loading the models and reading an image take on a busy machine. */
const END_MS = 10_000

interface Pending {
  resolve(reading: CaptchaReading | null): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/**
 * Reads images with the two ddddocr models in a worker thread, started with the first image.
 * @returns null where the optional packages are not installed
 */
export function createLocalDecoder({ idleMs = IDLE_MS }: { idleMs?: number } = {}): CaptchaDecoder | null {
  if (!findModels()) return null
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let lastId = 0

  async function stop(reason: string): Promise<void> {
    clearTimeout(idle)
    const stopped = worker
    worker = null
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer)
      reject(new Error(reason))
    }
    pending.clear()
    await (stopped && end(stopped))
  }

  function start(): Worker {
    const started = startWorker()
    const isCurrent = () => worker === started
    started.on('message', ({ id, reading, fault }: WorkerAnswer) => settle(id, reading, fault))
    started.on('error', (error: Error) => isCurrent() && void stop(`captcha worker failed: ${error.message}`))
    started.on('exit', () => isCurrent() && void stop('captcha worker ended'))
    return started
  }

  function settle(id: number, reading: CaptchaReading | null, fault: string | null): void {
    const waiting = pending.get(id)
    if (!waiting) return
    pending.delete(id)
    clearTimeout(waiting.timer)
    if (fault === null) waiting.resolve(reading)
    else waiting.reject(new Error(fault))
    if (pending.size > 0) return
    worker?.unref()
    idle = setTimeout(() => void stop('idle'), idleMs).unref()
  }

  return {
    name: 'local',
    read: (image, spec) =>
      new Promise((resolve, reject) => {
        clearTimeout(idle)
        worker ??= start()
        worker.ref()
        const id = ++lastId
        const timer = setTimeout(() => void stop('captcha worker did not answer'), TIMEOUT_MS)
        pending.set(id, { resolve, reject, timer })
        worker.postMessage({ id, image, spec } satisfies WorkerRequest)
      }),
    close: () => stop('closed'),
  }
}

/** By its own exit, between two images: a thread terminated inside the models' code takes the whole process along. */
async function end(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  const hangs = new AbortController()
  worker.ref()
  worker.postMessage(null)
  await Promise.race([gone, wait(END_MS, null, { signal: hangs.signal }).catch(() => {})])
  hangs.abort()
  worker.unref()
}

/** Beside the bundle lies the worker's own; run from the sources, the thread needs the TypeScript loader first. */
function startWorker(): Worker {
  const bundled = path.join(__dirname, 'captcha-worker.js')
  if (fs.existsSync(bundled)) return new Worker(bundled, { execArgv: [] })
  const source = JSON.stringify(path.join(__dirname, 'worker.ts'))
  return new Worker(`require('tsx/cjs');require(${source})`, { eval: true, execArgv: [] })
}
