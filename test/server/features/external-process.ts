/** A server process of its own without HTTP; see external-processes.test.ts. */
import pino from 'pino'
import { type DatabaseConfig, parseConfig } from '../../../server/config/config'
import { loadSecrets } from '../../../server/config/secrets'
import { createContext } from '../../../server/context'

export interface EnsureRequest {
  dataDir: string
  database: DatabaseConfig
  siteUrl: string
  callers: number
}

async function prepare({ dataDir, database, siteUrl, callers }: EnsureRequest): Promise<void> {
  const config = { ...parseConfig({ NODE_ENV: 'test', DATA_DIR: dataDir }), database }
  const context = await createContext(config, loadSecrets({}, config), {
    log: pino({ level: 'silent' }),
    captchaDecoder: {
      name: 'http',
      close: async () => {},
      read: async () => {
        const response = await fetch(`${siteUrl}/__answer`)
        const answer = await response.text()
        return { answer, text: answer, margin: 9 }
      },
    },
  })
  process.once('message', () => {
    const at = { system: 'city', account: 'op1' }
    Promise.all(Array.from({ length: callers }, () => context.externalSessions.ensureSession(at)))
      .then((sessions) => {
        process.send!({ tokens: sessions.map(({ fencing_token }) => fencing_token) })
        return context.close()
      })
      .then(() => process.disconnect())
      .catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
  })
  process.send!({ ready: true })
}

process.once('message', (request: EnsureRequest) => {
  prepare(request).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
