import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { inspect, promisify } from 'node:util'
import { ConfigError } from '../../../server/config/config'
import type { Env } from '../../../server/config/env'
import { loadSecrets, type Secrets } from '../../../server/config/secrets'
import { tempDir } from '../../support/engines'

const ROOT = path.resolve(__dirname, '../../..')
const GOOD: Env = {
  JWT_SECRET: 'a-jwt-secret-of-some-length',
  DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
  EVENT_KEY: 'an-event-key-of-some-length',
  CALLBACK_SECRET: 'a_callback-secret-0123',
}

let dataDir: string
beforeEach(() => (dataDir = tempDir()))
afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }))

const valuesOf = ({ jwtSecret, dataKey, eventKey, callbackSecret }: Secrets) => [
  jwtSecret,
  dataKey.toString('base64'),
  eventKey,
  callbackSecret,
]

function faultsOf(env: Env, production: boolean): string[] {
  try {
    loadSecrets(env, { production, dataDir })
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('outside production', () => {
  const load = (env: Env = {}) => loadSecrets(env, { production: false, dataDir })

  test('missing secrets are generated once, different from each other, and found again', () => {
    const first = valuesOf(load())
    expect(new Set(first).size).toBe(4)
    expect(load().dataKey).toHaveLength(32)
    expect(valuesOf(load())).toEqual(first)
  })

  test('another data folder has other secrets', () => {
    const other = loadSecrets({}, { production: false, dataDir: path.join(dataDir, 'other') })
    expect(other.jwtSecret).not.toBe(load().jwtSecret)
  })

  test('only their owner can read the files, and no draft stays behind', () => {
    load()
    const dir = path.join(dataDir, 'secrets')
    expect(fs.readdirSync(dir).toSorted()).toEqual(['CALLBACK_SECRET', 'DATA_KEY', 'EVENT_KEY', 'JWT_SECRET'])
    for (const name of fs.readdirSync(dir)) expect(fs.statSync(path.join(dir, name)).mode & 0o077).toBe(0)
  })

  test('the environment goes before what was generated', () => {
    load()
    expect(valuesOf(load(GOOD))).toEqual([GOOD.JWT_SECRET, GOOD.DATA_KEY, GOOD.EVENT_KEY, GOOD.CALLBACK_SECRET])
  })

  test('servers starting at once on one folder agree', async () => {
    const script = `const { jwtSecret, dataKey, eventKey, callbackSecret } = require('./server/config/secrets')
      .loadSecrets({}, { production: false, dataDir: ${JSON.stringify(dataDir)} })
      console.log([jwtSecret, dataKey.toString('base64'), eventKey, callbackSecret].join(' '))`
    const run = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', script], { cwd: ROOT })
    const answers = await Promise.all([run(), run(), run(), run()])
    expect(new Set(answers.map(({ stdout }) => stdout.trim()))).toEqual(new Set([valuesOf(load()).join(' ')]))
  })
})

describe('in production', () => {
  test('every missing secret is named at once and nothing is generated', () => {
    const faults = faultsOf({}, true).join('\n')
    for (const name of Object.keys(GOOD)) expect(faults).toContain(`${name}: must be set`)
    expect(fs.existsSync(path.join(dataDir, 'secrets'))).toBe(false)
  })

  test('good ones are taken', () => {
    expect(faultsOf(GOOD, true)).toEqual([])
  })

  test.each<[string, Env]>([
    ['a short JWT secret', { JWT_SECRET: 'short' }],
    ['a JWT secret that fills the blank', { JWT_SECRET: 'changeme-changeme' }],
    ['an event key of one letter', { EVENT_KEY: '0'.repeat(32) }],
    ['a short event key', { EVENT_KEY: '0123456789abcde' }],
    ['a data key of 31 bytes', { DATA_KEY: Buffer.alloc(31, 7).toString('base64') }],
    ['a data key that is no base64', { DATA_KEY: 'not base64 at all, however long it may be!' }],
    ['a callback secret that does not fit into a path', { CALLBACK_SECRET: 'a/b?c=d&e=f#g-0123456' }],
    ['a short callback secret', { CALLBACK_SECRET: 'abc' }],
  ])('refuses %s', (_case, weak) => {
    expect(faultsOf({ ...GOOD, ...weak }, true)).toEqual([expect.stringMatching(`^${Object.keys(weak)[0]}: `)])
  })

  test('the secret of cloud functions may be missing, and is refused when it is short or easily guessed', () => {
    for (const weak of ['short', 'a'.repeat(40), 'abcabcabcabcabcabcabcabcabcabcabcabc'])
      expect(faultsOf({ ...GOOD, CLOUD_SHARED_SECRET: weak }, true)).toEqual([
        expect.stringMatching('^CLOUD_SHARED_SECRET: '),
      ])
    const good = loadSecrets(
      { ...GOOD, CLOUD_SHARED_SECRET: '0123456789abcdefghijklmnopqrstuv' },
      { production: true, dataDir },
    )
    expect(good.cloudSecret).toBe('0123456789abcdefghijklmnopqrstuv')
    expect(loadSecrets(GOOD, { production: true, dataDir }).cloudSecret).toBe('')
  })

  test('a refused secret is not repeated in the message', () => {
    expect(faultsOf({ ...GOOD, JWT_SECRET: 'hunter2' }, true).join()).not.toContain('hunter2')
  })
})

describe('Secrets', () => {
  test('neither serialise nor print nor copy', () => {
    const secrets = loadSecrets(GOOD, { production: true, dataDir })
    const shown = [
      JSON.stringify({ secrets }),
      inspect(secrets, { depth: 9, showHidden: true }),
      String(secrets),
      JSON.stringify({ ...secrets }),
      JSON.stringify(structuredClone(secrets)),
    ].join('\n')
    for (const value of Object.values(GOOD)) expect(shown).not.toContain(value)
    expect(Object.keys(secrets)).toEqual([])
  })
})
