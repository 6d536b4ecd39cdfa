import type { Context } from '../context'
import { withContext } from './open-context'
import { runCommand } from './run'

/**
 * `npm run verify:events` reads the database and names the first event that was altered, removed, inserted, reordered
 * or cut off; `npm run verify:events -- --write-heads` keeps today's heads first.
 */
runCommand(() =>
  // Who looks for changes makes none: a restored backup is verified as it is.
  withContext(verify, { migrates: false }),
)

async function verify({ verifyEvents, chainHeads }: Context): Promise<void> {
  if (process.argv.includes('--write-heads')) await chainHeads.write()
  const { workOrders, events, fault } = await verifyEvents(await chainHeads.read())
  if (fault) throw new Error(`broken chain: work order ${fault.workOrderId}: ${fault.what}`)
  process.stdout.write(`${workOrders} work orders, ${events} events: every chain is whole\n`)
}
