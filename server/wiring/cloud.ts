import path from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config/config'
import type { Secrets } from '../config/secrets'
import { createCloudbase } from '../connectors/cloudbase'
import type { HttpCall } from '../connectors/kit/http'
import type { Wechat } from '../connectors/wechat'
import type { Database } from '../db/database'
import { createCloudMessages } from '../features/cloud/messages'
import { createCloudRepository } from '../features/cloud/repository'
import { createCloudService } from '../features/cloud/service'
import { createCloudStorage } from '../features/files/cloud-storage'
import { createDiskStorage } from '../features/files/disk-storage'
import type { FileRepository } from '../features/files/repository'
import type { FileStorage } from '../features/files/storage'

export interface CloudParts {
  config: Config
  secrets: Secrets
  database: Database
  transaction: Database['transaction']
  fileRepository: FileRepository
  recordCall: (call: HttpCall) => void
  log: Logger
  now: () => Date
}

/** CloudBase: the door for its functions, the way to its storage, and where files live. */
export function createCloudParts(parts: CloudParts) {
  const { config, secrets, database, transaction, fileRepository, recordCall, log, now } = parts
  const { cloud: settings, dataDir } = config
  const repository = createCloudRepository(database)
  const cloudMessages = createCloudMessages({ repository, transaction, log, now })
  const cloudbase = settings.cloudbase && createCloudbase({ config: settings.cloudbase, onCall: recordCall })
  const storage: FileStorage =
    settings.storage === 'cloudbase' && cloudbase
      ? createCloudStorage({ cloudbase, repository: fileRepository, incoming: path.join(dataDir, 'incoming'), now })
      : createDiskStorage(path.join(dataDir, 'files'))
  return {
    cloud: createCloudService({ repository, secret: secrets.cloudSecret, log, now }),
    cloudbase,
    cloudMessages,
    storage,
    /** With `WECHAT_MESSAGES=cloud` subscribe messages wait for the function `notify`. */
    throughCloud: (wechat: Wechat | null): Wechat | null =>
      wechat && settings.messages === 'cloud' ? { ...wechat, sendSubscribeMessage: cloudMessages.send } : wechat,
  }
}
