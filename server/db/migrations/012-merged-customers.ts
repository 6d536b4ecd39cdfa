import type { Db, Engine } from '../database'

/**
 * What was written for a customer's former row while it was merged away goes to the live one; since then nothing is,
 * docs/decisions/0016-merge-and-slow-requests.md.
 */
export async function up(db: Db, _engine: Engine): Promise<void> {
  for (const table of ['task', 'service_evaluation'] as const)
    await db
      .updateTable(table)
      .set((eb) => ({
        customer_id: eb
          .selectFrom('customer')
          .select('customer.wechat_merged_into')
          .whereRef('customer.id', '=', `${table}.customer_id`)
          .$castTo<{ wechat_merged_into: number }>(),
      }))
      .where('customer_id', 'in', (eb) =>
        eb.selectFrom('customer').select('customer.id').where('customer.wechat_merged_into', 'is not', null),
      )
      .execute()
}
