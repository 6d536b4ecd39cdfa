import type { CloudAnswer, CloudCaller } from '../../types/cloud'
import { readCall, readFile } from '../shared/call'
import { callServer, fetchFromServer, FunctionFault, type ServerAccess } from '../shared/server-call'

const TIMEOUT_MS = 50_000
/** Where the server takes a file that was uploaded for later use, or as evidence of a visit. */
const PATHS = ['/api/v1/files', '/homecare/evidence']

/** A signed link to a file, absolute or not: whoever holds it may read the file. */
const LINK = /^(?:https?:\/\/[^/]+)?(\/api\/v1\/files\/[0-9a-f-]{36}\?[\w&=-]+)$/
const MAX_FILE_BYTES = 10 * 1024 * 1024

/** Puts a content into cloud storage. @returns its fileID */
export type Publish = (content: Buffer) => Promise<string>

/** Makes a file of ours readable for `wx.cloud.downloadFile`, which needs no domain. */
export async function publishLink(link: unknown, access: ServerAccess, publish: Publish): Promise<CloudAnswer> {
  const [, path] = (typeof link === 'string' && LINK.exec(link)) || []
  if (!path) throw new FunctionFault(400, 'link 不是有效的文件链接')
  const content = await fetchFromServer(access, path, { maxBytes: MAX_FILE_BYTES, timeoutMs: TIMEOUT_MS })
  return {
    statusCode: 200,
    header: {},
    data: { code: 200, message: '获取成功', data: { fileID: await publish(content) } },
  }
}

/** Turns a file of cloud storage into a file of ours: the server fetches it and checks it as any upload. */
export function handle(event: unknown, caller: CloudCaller, access: ServerAccess): Promise<CloudAnswer> {
  const call = readCall({ ...(event as object), method: 'POST' })
  if (!PATHS.includes(call.path)) throw new FunctionFault(403, `文件只能提交到 ${PATHS.join('、')}`)
  const body = { ...call, file: readFile(event), caller }
  return callServer(access, 'forward', { body, timeoutMs: TIMEOUT_MS })
}
