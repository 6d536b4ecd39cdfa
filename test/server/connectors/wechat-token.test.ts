import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { createTokenSession, type TokenSession } from '../../../server/connectors/wechat/session'
import { openRedis } from '../../../server/redis/connection'
import { createLocks } from '../../../server/redis/locks'
import { createTokenShelf } from '../../../server/redis/wechat-token'
import { createVault } from '../../../server/vault'
import { BACKENDS, useBackend } from '../../support/redis'

const USERS = 3
const LOGIN_MS = 30

/** Alone they are callers in one process, with Redis each is a process of its own. */
describe.each(BACKENDS)('everybody who needs WeChat’s token (%s)', (backend) => {
  const { redis } = useBackend(backend)
  const closing: (() => Promise<unknown>)[] = []
  let logins: boolean[]
  let valid: string
  let users: TokenSession[]

  const login = async (force: boolean) => {
    logins.push(force)
    await wait(LOGIN_MS)
    if (force) valid = `token-${logins.length}`
    return { token: valid, lifetimeMs: 7_200_000 }
  }
  async function startReplica(): Promise<TokenSession> {
    const connection = await openRedis(redis().url, pino({ level: 'silent' }))
    closing.push(connection.close)
    const vault = createVault({ current: Buffer.alloc(32, 1) })
    const shelf = createTokenShelf({ redis: connection, locks: createLocks(connection), vault, appId: 'wx1' })
    return createTokenSession({ login, clock: Date.now, shelf })
  }
  beforeEach(async () => {
    logins = []
    valid = 'token-0'
    const alone = createTokenSession({ login, clock: Date.now })
    users = []
    while (users.length < USERS) users.push(backend === 'alone' ? alone : await startReplica())
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  test('gets the one that was asked for once', async () => {
    expect(await Promise.all(users.map((one) => one.get()))).toEqual(['token-0', 'token-0', 'token-0'])
    for (const one of users) expect(await one.get()).toBe('token-0')
    expect(logins).toEqual([false])
  })

  test('gets the one new one when all are refused', async () => {
    for (const one of users) await one.get()
    const renewed = await Promise.all(users.map((one) => one.renew('token-0')))
    expect(new Set(renewed).size).toBe(1)
    expect(renewed[0]).not.toBe('token-0')
    for (const one of users) expect(await one.get()).toBe(renewed[0])
    expect(logins).toEqual([false, true])
  })

  test('gets the newer one that another was given after a refusal', async () => {
    for (const one of users) await one.get()
    const renewed = await users[0]!.renew('token-0')
    expect(await users[1]!.renew('token-0')).toBe(renewed)
    expect(logins).toEqual([false, true])
  })
})
