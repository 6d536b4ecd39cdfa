import { openDatabase } from '../db/database'
import { migrate } from '../db/migrate'
import { loadSecrets } from '../config/secrets'
import { createExternalSystemRepository } from '../features/external-systems/repository'
import { resealAll } from '../features/external-systems/sealing'
import { createWxworkRepository } from '../features/wxwork/repository'
import { resealOptions } from '../features/wxwork/sealing'
import { createVault } from '../vault'
import { readConfig } from './open-context'
import { runCommand } from './run'

/**
 * `npm run rotate:data-key`: seals every stored password, cookie, challenge and gateway setting with DATA_KEY, the ones
 * under DATA_KEY_PREVIOUS among them. Set both, restart the servers, run this, then remove DATA_KEY_PREVIOUS. Servers may run
 * meanwhile: they read values under either key.
 */
runCommand(async () => {
  const { env, config } = readConfig()
  const secrets = loadSecrets(env, config)
  const database = await openDatabase(config.database)
  try {
    await migrate(database)
    const vault = createVault({ current: secrets.dataKey, previous: secrets.previousDataKey })
    const { transaction } = database
    const sites = await resealAll({ repository: createExternalSystemRepository(database), transaction }, vault)
    const accounts = await resealOptions({ repository: createWxworkRepository(database), transaction }, vault)
    const changed = sites + accounts
    process.stdout.write(`${changed} values sealed with key ${vault.keyId}; DATA_KEY_PREVIOUS is no longer needed\n`)
  } finally {
    await database.close()
  }
})
