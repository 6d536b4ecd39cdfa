import { withContext } from './open-context'
import { runCommand } from './run'

/**
 * `npm run verify:events` reads the database and names the first event that was altered, removed, inserted, reordered
 * or cut off; `npm run verify:events -- --write-heads` keeps today's heads first.
 */
runCommand(() =>
  withContext(async ({ verifyEvents, chainHeads }) => {
    if (process.argv.includes('--write-heads')) await chainHeads.write()
    const { workOrders, events, fault } = await verifyEvents(await chainHeads.read())
    if (fault) throw new Error(`broken chain: work order ${fault.workOrderId}: ${fault.what}`)
    process.stdout.write(`${workOrders} work orders, ${events} events: every chain is whole\n`)
  }),
)
