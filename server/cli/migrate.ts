import { openDatabase } from '../db/database'
import { migrate, migrationStatus } from '../db/migrate'
import { readConfig } from './open-context'
import { runCommand } from './run'

/** `npm run migrate` applies what is missing; `npm run migrate status` only looks. */
runCommand(async () => {
  const [command = 'apply'] = process.argv.slice(2)
  if (command !== 'apply' && command !== 'status') throw new Error(`unknown command "${command}": use apply or status`)
  const { config } = readConfig({ creates: command === 'apply' })
  const database = await openDatabase(config.database)
  try {
    if (command === 'apply') print(await migrate(database))
    else printStatus(await migrationStatus(database))
  } finally {
    await database.close()
  }
})

function print(applied: string[]): void {
  const lines = applied.length > 0 ? applied.map((name) => `applied  ${name}`) : ['nothing to apply']
  process.stdout.write(`${lines.join('\n')}\n`)
}

function printStatus(migrations: Awaited<ReturnType<typeof migrationStatus>>): void {
  const width = Math.max(...migrations.map(({ name }) => name.length))
  for (const { name, appliedAt } of migrations)
    process.stdout.write(`${name.padEnd(width)}  ${appliedAt?.toISOString() ?? 'pending'}\n`)
}
