import { CLOUD_LOGIN_PATH, type CloudAnswer, type CloudCaller } from '../../types/cloud'
import { readCall } from '../shared/call'
import { callServer, type ServerAccess } from '../shared/server-call'

const TIMEOUT_MS = 15_000

/** Carries one call of the mini-program to the server; a login needs nothing but who is calling. */
export function handle(event: unknown, caller: CloudCaller, access: ServerAccess): Promise<CloudAnswer> {
  const call = readCall(event)
  if (call.path === CLOUD_LOGIN_PATH) return callServer(access, 'login', { body: caller, timeoutMs: TIMEOUT_MS })
  return callServer(access, 'forward', { body: { ...call, caller }, timeoutMs: TIMEOUT_MS })
}
