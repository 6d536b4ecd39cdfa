import type { Secrets } from '../config/secrets'
import type { Context } from '../context'
import { createKeyCheck } from '../key-check'
import { withContext } from './open-context'
import { runCommand } from './run'

/**
 * `npm run verify:events` reads the database and names the first event that was altered, removed, inserted, reordered
 * or cut off, and how much of what is sealed the configured keys do not open; `npm run verify:events -- --write-heads`
 * keeps today's heads first.
 */
runCommand(() =>
  // Who looks for changes makes none: a restored backup is verified as it is.
  withContext(verify, { migrates: false }),
)

async function verify({ verifyEvents, chainHeads, database }: Context, secrets: Secrets): Promise<void> {
  if (process.argv.includes('--write-heads')) await chainHeads.write()
  const { workOrders, events, fault } = await verifyEvents(await chainHeads.read())
  const { values, unopened } = await createKeyCheck({ database, secrets }).openAll()
  const faults = [
    ...(fault ? [`broken chain: work order ${fault.workOrderId}: ${fault.what}`] : []),
    ...(unopened > 0 ? [`${unopened} of ${values} sealed values do not open: is DATA_KEY the one of that time?`] : []),
  ]
  if (faults.length > 0) throw new Error(faults.join('; '))
  process.stdout.write(`${workOrders} work orders, ${events} events: every chain is whole\n`)
  process.stdout.write(`${values} sealed values: every one opens\n`)
}
