import { randomUUID } from 'node:crypto'
import { CLOUD_OUTGOING, type CloudAnswer } from '../../types/cloud'
import { connectCloudbase } from '../shared/cloudbase-app'
import { callerOf, readContext } from '../shared/cloud-context'
import { faultAnswer, readAccess } from '../shared/server-call'
import { handle, publishLink } from './handler'

async function publish(fileContent: Buffer): Promise<string> {
  const { fileID } = await connectCloudbase().uploadFile({ cloudPath: CLOUD_OUTGOING + randomUUID(), fileContent })
  return fileID
}

export async function main(event: unknown, context: unknown): Promise<CloudAnswer> {
  try {
    const caller = callerOf(readContext(context, process.env))
    const access = readAccess(process.env)
    const { link } = (event ?? {}) as { link?: unknown }
    return await (link === undefined ? handle(event, caller, access) : publishLink(link, access, publish))
  } catch (error) {
    return faultAnswer(error)
  }
}
