import type { Database } from '../../db/database'
import type { Vault } from '../../vault'
import type { WxworkRepository } from './repository'

/** What sealed `init` options are bound to: their account. */
export const optionsPurpose = (id: string) => `wxwork_session.init_options.${id}`

/** Every account's sealed options, and what they are bound to. */
export async function sealedOptions(repository: WxworkRepository): Promise<{ sealed: string; purpose: string }[]> {
  const sessions = await repository.list()
  return sessions.flatMap(({ id, init_options }) =>
    init_options ? [{ sealed: init_options, purpose: optionsPurpose(id) }] : [],
  )
}

/**
 * Seals what accounts were opened with (a proxy's password among it) again with the present key, in one transaction.
 * @returns how many values were sealed anew
 */
export function resealOptions(
  { repository, transaction }: { repository: WxworkRepository; transaction: Database['transaction'] },
  vault: Vault,
): Promise<number> {
  return transaction(async (trx) => {
    let changed = 0
    for (const { id, init_options } of await repository.list(trx)) {
      if (!init_options || vault.isCurrent(init_options)) continue
      const renewed = vault.seal(vault.open(init_options, optionsPurpose(id)), optionsPurpose(id))
      await repository.update({ id }, { init_options: renewed }, trx)
      changed += 1
    }
    return changed
  })
}
