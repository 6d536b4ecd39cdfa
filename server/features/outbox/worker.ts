import { createSend, giveUp, type SendDeps } from './send'
import type { Changes } from './outcome'

const BATCH = 20
const AT_ONCE = 4

/** Sends what is owed: any number of processes may do so at once, and no entry leaves twice. */
export function createOutboxWorker(deps: SendDeps) {
  const { repository, log, now } = deps
  const send = createSend(deps)
  const recover = createRecovery(deps)
  let running: Promise<number> | null = null
  let again = false
  let listening = false
  let stopping = false

  async function pass(): Promise<number> {
    await recover()
    let sent = 0
    while (!stopping) {
      const due = await repository.due(now(), BATCH)
      if (due.length === 0) break
      const states = await inTurns(due, AT_ONCE, async (entry) => (stopping ? 'held' : send(entry)))
      sent += states.filter((state) => state === 'sent').length
      if (states.includes('held')) break
    }
    return sent
  }

  async function passes(): Promise<number> {
    let sent = 0
    do {
      again = false
      sent += await pass()
    } while (again && !stopping)
    return sent
  }

  /** Sends everything due; a call during a run makes it look again. @returns how many entries were sent */
  function run(): Promise<number> {
    if (running) again = true
    running ??= passes().finally(() => {
      running = null
    })
    return running
  }

  return {
    run,
    /** From now on `wake` sends. */
    listen(): void {
      listening = true
    },
    /** There is something to send. */
    wake(): void {
      if (listening) run().catch((error: unknown) => log.error({ err: error }, 'outbox run failed'))
    },
    /** Finishes what is being sent and begins nothing more. */
    async stop(): Promise<void> {
      listening = false
      stopping = true
      await running?.catch(() => {})
    },
  }
}

/** What a dead process was sending: a create may have been executed, the rest may be sent again. */
function createRecovery(deps: SendDeps) {
  const { repository, handlers, transaction, live, log, now } = deps
  return async (): Promise<void> => {
    for (const entry of await repository.abandoned(now())) {
      const repeatable = handlers[entry.system_name]?.isRepeatable(entry.topic) ?? false
      const error = '发送过程中服务中断，结果未知'
      // The claim stays with an entry in doubt: its process, should it be alive, may still report success.
      const changes: Changes = repeatable
        ? { state: 'PENDING', claim: null, next_attempt_at: now(), last_error: error }
        : { state: 'UNKNOWN', last_error: error }
      const at = { id: entry.id, claim: entry.claim ?? '', from: ['SENDING' as const] }
      const written = await transaction(async (trx) => {
        const mine = await repository.settle(trx, at, { ...changes, updated_at: now() })
        if (mine && changes.state) await giveUp(deps, trx, entry, changes.state)
        return mine
      })
      if (written && changes.state) live.publish({ topic: 'outbox', id: entry.id, event: changes.state })
      log.warn({ outbox: entry.id, topic: entry.topic, state: changes.state }, 'outbox entry was abandoned')
    }
  }
}

/** `work` on every item, at most `width` at once. */
async function inTurns<T, R>(items: T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const turn = async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: width }, turn))
  return results
}
