import type { Db } from '../../db/database'
import type { LockMode } from '../../db/sql-kit'
import { ERROR_TEXT } from '../../../types/errors'
import { AppError } from '../../errors/app-error'
import type { CustomerRepository, CustomerRow } from './repository'

/**
 * Whose row a customer's is now. A request knows its caller from its start, and a merge by telephone may move them to
 * another row before it writes (docs/decisions/0016-merge-and-slow-requests.md).
 */
export function createCurrentCustomers(repository: CustomerRepository) {
  /**
   * The live row of a customer, which no merge takes away until the transaction ends; null when there is none. Comes
   * first in its transaction, so that whoever waits here holds nothing that another waits for.
   */
  async function hold(trx: Db, id: number, mode: LockMode = 'Shared'): Promise<CustomerRow | null> {
    await repository.lock(trx, id, mode)
    return repository.findLive(id, trx)
  }

  return {
    hold,

    /** As `hold`, for the customer's own request. @throws AppError UNAUTHENTICATED */
    async current(trx: Db, id: number, mode?: LockMode): Promise<CustomerRow> {
      const row = await hold(trx, id, mode)
      if (!row) throw new AppError('UNAUTHENTICATED')
      if (row.wechat_disabled_at) throw new AppError('UNAUTHENTICATED', { message: ERROR_TEXT.ACCOUNT_DISABLED })
      return row
    },

    /** What `find` finds under the customer's id, or under the one a merge has given them meanwhile. */
    async findOwn<T>(id: number, find: (id: number) => Promise<T | null>): Promise<T | null> {
      const found = await find(id)
      if (found !== null) return found
      const row = await repository.findLive(id)
      return row && row.id !== id ? find(row.id) : null
    },
  }
}

export type CurrentCustomers = ReturnType<typeof createCurrentCustomers>
