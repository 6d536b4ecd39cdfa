import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import pino from 'pino'
import { createApp } from '../app'
import { parseConfig } from '../config/config'
import { Secrets } from '../config/secrets'
import { createContext } from '../context'
import { runCommand } from './run'

/** `npm run openapi [file]` writes the document that `/openapi.json` answers. */
runCommand(async () => {
  const file = path.resolve(process.argv[2] ?? 'dist/openapi.json')
  const document = await readDocument()
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
  process.stdout.write(`${file}\n`)
})

/** Asks an app over an empty database in memory: routes are documented as they are mounted. */
async function readDocument(): Promise<unknown> {
  const config = { ...parseConfig({}), database: { engine: 'sqlite', file: ':memory:', url: '' } as const }
  const key = Buffer.alloc(32).toString('base64')
  const secrets = new Secrets({ JWT_SECRET: key, DATA_KEY: key, EVENT_KEY: key, CALLBACK_SECRET: 'document' })
  const context = await createContext(config, secrets, { log: pino({ level: 'silent' }) })
  const server = createServer(createApp(context).callback())
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/openapi.json`, { headers: { connection: 'close' } })
    return await response.json()
  } finally {
    server.close()
    await context.close()
  }
}
