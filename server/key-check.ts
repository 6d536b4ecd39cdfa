import type { Secrets } from './config/secrets'
import type { Database } from './db/database'
import { createExternalSystemRepository } from './features/external-systems/repository'
import { sealedInSystems } from './features/external-systems/sealing'
import { keyIdOf } from './features/work-order-events/chain'
import { createEventRepository } from './features/work-order-events/repository'
import { createWxworkRepository } from './features/wxwork/repository'
import { sealedOptions } from './features/wxwork/sealing'
import { createVault } from './vault'

/** Whether what stands in the database was written with the keys that are configured. */
export function createKeyCheck({ database, secrets }: { database: Database; secrets: Secrets }) {
  const vault = createVault({ current: secrets.dataKey, previous: secrets.previousDataKey })
  const systems = createExternalSystemRepository(database)
  const wxwork = createWxworkRepository(database)
  const events = createEventRepository(database)

  function opens({ sealed, purpose }: { sealed: string; purpose: string }): boolean {
    try {
      vault.open(sealed, purpose)
      return true
    } catch {
      return false
    }
  }

  return {
    /** Looks at the newest row of each kind, nothing more. @returns a sentence for each wrong key */
    glance: async (): Promise<string[]> => {
      const [account, options, eventKeyId] = await Promise.all([
        systems.newestSealed(),
        wxwork.newestOptions(),
        events.newestKeyId(),
      ])
      const sealed = [account?.password, account?.cookie, options].filter((value) => value != null)
      const faults: string[] = []
      if (!sealed.every((value) => vault.isKnown(value)))
        faults.push(
          'DATA_KEY is not the key that stored passwords and cookies were sealed with, nor is the previous one',
        )
      if (eventKeyId !== null && eventKeyId !== keyIdOf(secrets.eventKey))
        faults.push('EVENT_KEY is not the key that the newest event was signed with')
      return faults
    },

    /** Opens everything that is sealed. */
    openAll: async (): Promise<{ values: number; unopened: number }> => {
      const sealed = [...(await sealedInSystems(systems)), ...(await sealedOptions(wxwork))]
      return { values: sealed.length, unopened: sealed.filter((value) => !opens(value)).length }
    },
  }
}
