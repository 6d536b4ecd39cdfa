import fs from 'node:fs'
import path from 'node:path'
import type { FileStorage } from '../../../server/features/files/storage'
import type { TestApp, TestAppOptions } from '../../support/test-app'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission } from '../../support/builders'
import { startCloudApp } from '../../support/cloud'
import { ENGINES } from '../../support/engines'
import { startTestApp } from '../../support/test-app'

const HOUR_MS = 3600_000

interface Place {
  app: TestApp
  /** Names of what really lies there. */
  contents(): string[]
  /** Makes everything that lies there older than an hour. */
  age(): void
}

async function onDisk(options: TestAppOptions): Promise<Place> {
  const app = await startTestApp(options)
  const root = path.join(app.dataDir, 'files')
  const all = () =>
    fs.existsSync(root)
      ? fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      : []
  const old = new Date('2026-03-01T00:00:00Z')
  return {
    app,
    contents: () => all().map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
    age: () => {
      for (const entry of all()) fs.utimesSync(path.join(entry.parentPath, entry.name), old, old)
    },
  }
}

async function inCloud(options: TestAppOptions): Promise<Place> {
  const app = await startCloudApp({ ...options, env: { STORAGE: 'cloudbase' } })
  return {
    app,
    contents: () => [...app.cloudbase.files.keys()].map((key) => key.replace(/^files\//, '')),
    age: () => app.clock.advance(2 * HOUR_MS),
  }
}

const PLACES = [
  ['disk', onDisk],
  ['cloudbase', inCloud],
] as const

describe.each(ENGINES)('on %s', (engine) => {
  describe.each(PLACES)('storage %s', (_name, open) => {
    let place: Place
    let storage: FileStorage
    beforeEach(async () => {
      place = await open({ engine })
      storage = place.app.context.storage
    })
    afterEach(() => place.app.close())

    const KEY = '2026/03/02/one'
    const text = async (key: string, range?: { start: number; end: number }) => {
      const chunks: Buffer[] = []
      for await (const chunk of await storage.read(key, range)) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString()
    }
    const draft = (content: string) => {
      const dir = path.join(place.app.dataDir, 'incoming')
      fs.mkdirSync(dir, { recursive: true })
      const file = path.join(dir, 'draft')
      fs.writeFileSync(file, content)
      return file
    }
    const keys = async (before: Date) => {
      const found: string[] = []
      for await (const key of storage.keysOlderThan(before)) found.push(key)
      return found.toSorted()
    }

    test('takes a local file away and gives it back, whole and in part', async () => {
      const local = draft('0123456789')
      await storage.take(local, KEY)
      expect(fs.existsSync(local)).toBe(false)
      expect(await storage.size(KEY)).toBe(10)
      expect(await text(KEY)).toBe('0123456789')
      expect(await text(KEY, { start: 3, end: 5 })).toBe('345')
      expect(await text(KEY, { start: 9, end: 9 })).toBe('9')
      expect(place.contents()).toEqual([KEY])
    })

    test('writes again over what is there', async () => {
      await storage.write(KEY, Buffer.from('first'))
      await storage.write(KEY, Buffer.from('the second'))
      expect(await storage.size(KEY)).toBe(10)
      expect(await text(KEY)).toBe('the second')
      expect(place.contents()).toEqual([KEY])
    })

    test('lends a local copy', async () => {
      await storage.write(KEY, Buffer.from('lent'))
      const copy = await storage.local(KEY)
      expect(fs.readFileSync(copy.path, 'utf8')).toBe('lent')
      await copy.release()
      expect(await text(KEY)).toBe('lent')
      expect(fs.existsSync(path.join(place.app.dataDir, 'incoming')) ? draftsLeft() : []).toEqual([])
    })
    const draftsLeft = () => fs.readdirSync(path.join(place.app.dataDir, 'incoming'))

    test('has no size for, and does not read, what is not there', async () => {
      expect(await storage.size(KEY)).toBeNull()
      await expect(storage.read(KEY)).rejects.toThrow(/no such/)
      await storage.remove(KEY)
    })

    test('removes for good', async () => {
      await storage.write(KEY, Buffer.from('x'))
      await storage.remove(KEY)
      expect(await storage.size(KEY)).toBeNull()
      expect(place.contents()).toEqual([])
    })

    test('names what has not been written for a while', async () => {
      await storage.write(KEY, Buffer.from('old'))
      await storage.write(`${KEY}.thumb`, Buffer.from('old'))
      place.age()
      const before = new Date(place.app.clock.now().getTime() - HOUR_MS)
      await storage.write('2026/03/02/two', Buffer.from('young'))
      expect(await keys(before)).toEqual([KEY, `${KEY}.thumb`])
    })

    test('is in order', async () => {
      await expect(storage.check()).resolves.toBeUndefined()
      expect((await place.app.api.get('/readyz')).status).toBe(200)
    })

    test('serves uploads behind our own links, with ranges and thumbnails, and sweeps what nobody used', async () => {
      const { app } = place
      const token = await app.api.customer()
      const store = async (content: Buffer, name: string) =>
        (await app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(content, name)]]), { token })).body
          .data
      const pdf = buildPdf()
      const used = await store(pdf, '报告.pdf')
      const unused = await store(await buildPng(800, 600), 'a.png')
      await app.api.post('/api/v1/tasks', buildSubmission({ file_ids: [used.file_id] }), { token })

      expect(used.url).toMatch(/^\/api\/v1\/files\//)
      const whole = await fetch(app.url + used.url)
      expect(Buffer.from(await whole.arrayBuffer())).toEqual(pdf)
      const part = await fetch(app.url + used.url, { headers: { range: 'bytes=1-4' } })
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
        206,
        pdf.subarray(1, 5).toString(),
        `bytes 1-4/${pdf.length}`,
      ])
      const small = await fetch(app.url + app.context.files.link(unused.file_id, 'thumbnail'))
      expect([small.status, small.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
      expect(place.contents()).toHaveLength(3)

      await storage.write('2026/03/02/orphan', Buffer.from('x'))
      place.age()
      app.clock.advance(25 * HOUR_MS)
      expect(await app.context.files.sweep()).toEqual({ unused: 1, orphans: 1 })
      expect(place.contents()).toEqual([expect.stringContaining(used.file_id)])
      expect((await fetch(app.url + app.context.files.link(used.file_id))).status).toBe(200)
    })
  })

  describe('cloud storage that fails', () => {
    let app: Awaited<ReturnType<typeof startCloudApp>>
    beforeEach(async () => {
      app = await startCloudApp({ engine, env: { STORAGE: 'cloudbase' } })
    })
    afterEach(() => app.close())

    test('refuses the upload, and the sweep finds what was cut off', async () => {
      const token = await app.api.customer()
      const form = () => buildForm({}, [['file', buildFile(buildPdf(), 'a.pdf')]])
      app.cloudbase.control({ path: '/admin', failNext: 2, status: 503 })
      expect((await app.api.upload('/api/v1/files', form(), { token })).status).toBe(502)
      app.cloudbase.control({ reset: true })
      const key = '2026/03/02/cut'
      await app.context.storage.write(key, Buffer.from('x'))
      await app.context.database.db.updateTable('cloud_object').set({ file_id: null, size: null }).execute()
      app.clock.advance(2 * HOUR_MS)
      await app.context.files.sweep()
      expect([...app.cloudbase.files.keys()]).toEqual([])
      expect(await app.context.database.db.selectFrom('cloud_object').selectAll().execute()).toEqual([])
    })

    test('is not ready', async () => {
      app.cloudbase.control({ status: 503 })
      const { status, body } = await app.api.get('/readyz')
      expect([status, body.checks.disk.ok]).toEqual([503, false])
    })
  })
})
