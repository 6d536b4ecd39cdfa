import type { CloudAnswer } from '../../types/cloud'
import { callerOf, readContext } from '../shared/cloud-context'
import { faultAnswer, readAccess } from '../shared/server-call'
import { handle } from './handler'

export async function main(event: unknown, context: unknown): Promise<CloudAnswer> {
  try {
    return await handle(event, callerOf(readContext(context, process.env)), readAccess(process.env))
  } catch (error) {
    return faultAnswer(error)
  }
}
