import type { CloudAnswer, CloudMessage, CloudMessageResult } from '../../types/cloud'
import { callServer, FunctionFault, type ServerAccess } from '../shared/server-call'

const TIMEOUT_MS = 10_000

/** WeChat's answer to one message. @throws when there was none */
export type SendMessage = (message: CloudMessage) => Promise<{ errcode: number; errmsg: string }>

/** Takes waiting subscribe messages from the server, sends each, and says how it ended. */
export async function handle(
  source: { openid?: string },
  access: ServerAccess,
  send: SendMessage,
): Promise<CloudAnswer> {
  if (source.openid) throw new FunctionFault(403, '该云函数只由定时器调用')
  const taken = await callServer(access, 'messages/take', { body: {}, timeoutMs: TIMEOUT_MS })
  const { list = [] } = ((taken.data as { data?: { list?: CloudMessage[] } | null })?.data ?? {}) as {
    list?: CloudMessage[]
  }
  if (taken.statusCode !== 200 || list.length === 0) return taken
  const results = await Promise.all(list.map((message) => sendOne(message, send)))
  return callServer(access, 'messages/settle', { body: { results }, timeoutMs: TIMEOUT_MS })
}

async function sendOne(message: CloudMessage, send: SendMessage): Promise<CloudMessageResult> {
  const { id } = message
  try {
    const { errcode, errmsg } = await send(message)
    return errcode === 0 ? { id, ok: true } : { id, ok: false, errcode, error: errmsg.slice(0, 500) }
  } catch (error) {
    return { id, ok: false, error: String((error as Error).message).slice(0, 500) }
  }
}
