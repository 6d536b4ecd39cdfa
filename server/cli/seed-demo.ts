import { parseArgs } from 'node:util'
import type { Context } from '../context'
import type { Secrets } from '../config/secrets'
import { seedBulk } from '../demo/bulk'
import { seedDemo } from '../demo/seed'
import { withContext } from './open-context'
import { runCommand } from './run'

/** `npm run seed:demo` fills an empty database with the demo; `-- --tasks 100000` adds that many tasks to it. */
runCommand(async () => {
  const { values } = parseArgs({ options: { tasks: { type: 'string', default: '0' } } })
  const tasks = Number(values.tasks)
  if (!Number.isInteger(tasks) || tasks < 0) throw new Error('--tasks must be a whole number')
  await withContext(async (context, secrets) => {
    await seedDemo(context)
    if (tasks > 0) await addTasks(context, secrets, tasks)
  })
})

async function addTasks(context: Context, { eventKey }: Secrets, tasks: number): Promise<void> {
  const start = performance.now()
  let shown = 0
  const onProgress = (done: number) => {
    if (done < tasks && done - shown < tasks / 10) return
    shown = done
    const seconds = (performance.now() - start) / 1000
    process.stdout.write(`${done} tasks in ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} a second\n`)
  }
  await seedBulk(context, { tasks, eventKey, onProgress })
}
