import type { CloudAnswer } from '../../types/cloud'
import { callServer, FunctionFault, type ServerAccess } from '../shared/server-call'

const TIMEOUT_MS = 50_000

/** Lets the server run what is due: session checks, outbox, clean-up. Anybody can call a function: only the timer may. */
export function handle(source: { openid?: string }, access: ServerAccess): Promise<CloudAnswer> {
  if (source.openid) throw new FunctionFault(403, '该云函数只由定时器调用')
  return callServer(access, 'maintain', { body: {}, timeoutMs: TIMEOUT_MS })
}
