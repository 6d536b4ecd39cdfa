import type { Vault } from '../../vault'
import type { ExternalSystemRepository } from './repository'
import type { Database } from '../../db/database'

/** What a sealed value is bound to: the row and the column it stands in. */
export const purposeOf = (id: string, column: 'password' | 'cookie' | 'challenge'): string =>
  `external-session:${id}:${column}`

/** Everything that is sealed, and what each is bound to. */
export async function sealedInSystems(
  repository: ExternalSystemRepository,
): Promise<{ sealed: string; purpose: string }[]> {
  const accounts = await repository.sealed()
  const challenges = await repository.sealedChallenges()
  return [
    ...accounts.flatMap(({ id, password, cookie }) => [
      { sealed: password, purpose: purposeOf(id, 'password') },
      { sealed: cookie, purpose: purposeOf(id, 'cookie') },
    ]),
    ...challenges.map(({ id, context }) => ({ sealed: context, purpose: purposeOf(id, 'challenge') })),
  ]
}

/**
 * Seals everything again with the present key, in one transaction, so that the previous key can be forgotten.
 * @returns how many values were sealed anew
 */
export function resealAll(
  { repository, transaction }: { repository: ExternalSystemRepository; transaction: Database['transaction'] },
  vault: Vault,
): Promise<number> {
  return transaction(async (trx) => {
    let changed = 0
    const renew = (sealed: string, purpose: string) => {
      if (vault.isCurrent(sealed)) return sealed
      changed += 1
      return vault.seal(vault.open(sealed, purpose), purpose)
    }
    for (const { id, password, cookie } of await repository.sealed(trx)) {
      const values = {
        password: renew(password, purposeOf(id, 'password')),
        cookie: renew(cookie, purposeOf(id, 'cookie')),
      }
      if (values.password !== password || values.cookie !== cookie)
        await repository.reseal({ id, password, cookie }, values, trx)
    }
    for (const { id, context } of await repository.sealedChallenges(trx)) {
      const renewed = renew(context, purposeOf(id, 'challenge'))
      if (renewed !== context) await repository.resealChallenge({ id, context: renewed }, trx)
    }
    return changed
  })
}
