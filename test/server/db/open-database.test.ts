import fs from 'node:fs'
import net, { type AddressInfo, type Socket } from 'node:net'
import path from 'node:path'
import { openDatabase } from '../../../server/db/database'
import { isUnavailable } from '../../../server/db/db-error'
import { ENGINES, freshDatabase, tempDir } from '../../support/engines'
import { openProbe } from './probe'
import { refusalOf } from './refusal'

describe.each(ENGINES)('a database on %s', (engine) => {
  test('answers a ping until it is closed', async () => {
    const database = await openDatabase(await freshDatabase(engine, tempDir()))
    await database.ping()
    expect(database.engine).toBe(engine)
    expect(database.pool().size).toBeGreaterThan(0)
    await database.close()
    expect((await refusalOf(database.ping())).message).toMatch(/destroyed|closed/)
  })

  test('keeps its rows when it is closed and opened again', async () => {
    const probe = await openProbe(engine)
    await probe.db
      .insertInto('numbered')
      .values({ name: 'kept' } as never)
      .execute()
    const again = await probe.another()
    expect(await again.db.selectFrom('numbered').select('name').execute()).toEqual([{ name: 'kept' }])
    await again.close()
    await probe.remove()
  })

  test('answers fifty queries at once', async () => {
    const probe = await openProbe(engine)
    const insert = (_: unknown, i: number) =>
      probe.db
        .insertInto('numbered')
        .values({ name: `n-${i}` } as never)
        .execute()
    await Promise.all(Array.from({ length: 50 }, insert))
    const { count } = await probe.db
      .selectFrom('numbered')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(50)
    await probe.remove()
  })
})

describe('SQLite', () => {
  const pragma = async (name: string) => {
    const dir = tempDir()
    const { db, close } = await openDatabase({ engine: 'sqlite', file: path.join(dir, 'app.db'), url: '' })
    const { rows } = await db.executeQuery<Record<string, unknown>>({
      sql: `select * from pragma_${name}`,
      parameters: [],
    } as never)
    await close()
    fs.rmSync(dir, { recursive: true })
    return Object.values(rows[0]!)[0]
  }

  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
  ])('has %s = %s', async (name, value) => {
    expect(await pragma(name)).toBe(value)
  })

  test('says that a file is no database', async () => {
    const file = path.join(tempDir(), 'app.db')
    fs.writeFileSync(file, 'no database at all, but long enough to be read as the header of one'.repeat(20))
    const { ping } = await openDatabase({ engine: 'sqlite', file, url: '' })
    expect((await refusalOf(ping())).message).toBe('file is not a database')
  })
})

describe('SQL Server', () => {
  test('that is not there fails at once with an error that says so', async () => {
    const url = 'mssql://sa:secret@127.0.0.1:1/none?encrypt=false'
    const error = await openDatabase({ engine: 'mssql', file: '', url }).catch((reason: unknown) => reason)
    expect(isUnavailable(error)).toBe(true)
    expect(String(error)).not.toContain('secret')
  })

  if (ENGINES.includes('mssql'))
    test('that went away and came back is used again', async () => {
      const config = await freshDatabase('mssql', tempDir())
      const proxy = await startProxy(new URL(config.url))
      const database = await openDatabase({ ...config, url: proxy.url })
      await database.ping()
      proxy.cut()
      // A query may still be given a connection whose end the pool has not noticed; soon none is.
      const ping = () =>
        database.ping().then(
          () => true,
          () => false,
        )
      let answered = false
      for (let attempt = 0; attempt < 50 && !answered; attempt++) answered = await ping()
      expect(answered).toBe(true)
      await Promise.all(Array.from({ length: 30 }, () => database.ping()))
      await database.close()
      await proxy.close()
    })
})

/** A way to the server that can be cut. */
async function startProxy(target: URL) {
  const sockets = new Set<Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port || 1433), target.hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const cut = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: url.href,
    cut,
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(resolve)
      }),
  }
}
