import type { CloudAnswer, CloudMessage } from '../../types/cloud'
import { connectCloudbase } from '../shared/cloudbase-app'
import { readContext } from '../shared/cloud-context'
import { type Environment, faultAnswer, readAccess } from '../shared/server-call'
import { handle } from './handler'
import { decodeAnswer, encodeArguments } from './open-api'

/** The SDK's way to WeChat's own interfaces, which its types leave out. */
interface OpenApiCaller {
  callCompatibleWxOpenApi(call: { apiName: string; requestData: Buffer }): Promise<unknown>
}

/** Where the SDK looks for WeChat's leave to call; a newer runtime gives it in the context alone. */
const LEAVE = ['TRIGGER_SRC', 'WX_CONTEXT_KEYS', 'WX_TRIGGER_API_TOKEN_V0', 'WX_API_TOKEN']

function connect(source: Environment): OpenApiCaller {
  for (const name of LEAVE) if (source[name]) process.env[name] = String(source[name])
  return connectCloudbase() as unknown as OpenApiCaller
}

async function send(app: OpenApiCaller, { openid, templateId, fields, page }: CloudMessage) {
  const data = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }]))
  const message = { touser: openid, template_id: templateId, ...(page ? { page } : {}), data, lang: 'zh_CN' }
  const requestData = encodeArguments(message)
  return decodeAnswer(await app.callCompatibleWxOpenApi({ apiName: 'subscribeMessage.send', requestData }))
}

export async function main(_event: unknown, context: unknown): Promise<CloudAnswer> {
  try {
    const source = readContext(context, process.env)
    const access = readAccess(process.env)
    return await handle({ openid: source.WX_OPENID }, access, (message) => send(connect(source), message))
  } catch (error) {
    return faultAnswer(error)
  }
}
