import type { CloudAnswer, CloudCaller } from '../../types/cloud'
import { readCall, readFile } from '../shared/call'
import { callServer, FunctionFault, type ServerAccess } from '../shared/server-call'

const TIMEOUT_MS = 50_000
/** Where the server takes a file that was uploaded for later use, or as evidence of a visit. */
const PATHS = ['/api/v1/files', '/homecare/evidence']

/** Turns a file of cloud storage into a file of ours: the server fetches it and checks it as any upload. */
export function handle(event: unknown, caller: CloudCaller, access: ServerAccess): Promise<CloudAnswer> {
  const call = readCall({ ...(event as object), method: 'POST' })
  if (!PATHS.includes(call.path)) throw new FunctionFault(403, `文件只能提交到 ${PATHS.join('、')}`)
  const body = { ...call, file: readFile(event), caller }
  return callServer(access, 'forward', { body, timeoutMs: TIMEOUT_MS })
}
