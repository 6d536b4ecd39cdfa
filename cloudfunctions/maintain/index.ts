import type { CloudAnswer } from '../../types/cloud'
import { readContext } from '../shared/cloud-context'
import { faultAnswer, readAccess } from '../shared/server-call'
import { handle } from './handler'

export async function main(_event: unknown, context: unknown): Promise<CloudAnswer> {
  try {
    const { WX_OPENID: openid } = readContext(context, process.env)
    return await handle({ openid }, readAccess(process.env))
  } catch (error) {
    return faultAnswer(error)
  }
}
