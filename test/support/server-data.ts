import fs from 'node:fs'
import { parseConfig } from '../../server/config/config'
import { loadSecrets } from '../../server/config/secrets'
import { type Context, createContext, type Overrides } from '../../server/context'
import { cleanUp } from './server-process'
import { type EngineName, freshDatabase, tempDir } from './engines'

/** For suites of server processes: an empty database and a data folder of each test's own, gone after it. */
export function useServerData(engine: EngineName) {
  const data = { dir: '', env: {} as Record<string, string> }
  beforeEach(async () => {
    data.dir = tempDir()
    await freshDatabase(engine, data.dir)
    data.env = { DATA_DIR: data.dir, ...(engine === 'mssql' ? { DATABASE_URL: process.env.TEST_MSSQL_URL! } : {}) }
  })
  afterEach(() => {
    cleanUp()
    fs.rmSync(data.dir, { recursive: true, force: true })
  })
  return data
}

/** Looks at the database and files of a server that is stopped. */
export async function onServerData<T>(
  env: Record<string, string>,
  work: (context: Context, eventKey: string) => Promise<T>,
  overrides: Overrides = {},
): Promise<T> {
  const config = parseConfig(env)
  const secrets = loadSecrets({}, config)
  const context = await createContext(config, secrets, overrides)
  try {
    return await work(context, secrets.eventKey)
  } finally {
    await context.close()
  }
}
