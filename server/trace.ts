import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<string>()

/** Runs `work` under a trace id: every call to a partner made in it carries the id. */
export const withTrace = <T>(traceId: string, work: () => T): T => current.run(traceId, work)

/** The id of the request or job that this code runs for; undefined outside of any. */
export const traceOf = (): string | undefined => current.getStore()
