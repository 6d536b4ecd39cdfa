import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const HOUR_MS = 3600_000

describe.each(ENGINES)('what is left of files on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const folder = (name: string) => path.join(app.dataDir, name)
  const filesIn = (name: string) =>
    fs.existsSync(folder(name))
      ? fs.readdirSync(folder(name), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      : []
  const rows = () => app.context.database.db.selectFrom('task_file').selectAll().execute()
  const store = async (content = buildPdf(), name = 'a.pdf') =>
    (await app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(content, name)]]), { token })).body.data

  test('an upload nobody used within 24 h is swept with its thumbnail, a used one stays', async () => {
    const unused = await store(await buildPng(), 'a.png')
    await app.api.get(app.context.files.link(unused.file_id, 'thumbnail'))
    const used = await store()
    await app.api.post('/api/v1/tasks', buildSubmission({ file_ids: [used.file_id] }), { token })
    app.clock.advance(24 * HOUR_MS - 1)
    expect(await app.context.files.sweep()).toEqual({ unused: 0, orphans: 0 })
    app.clock.advance(2)
    expect(await app.context.files.sweep()).toEqual({ unused: 1, orphans: 0 })
    expect((await rows()).map((row) => row.id)).toEqual([used.file_id])
    expect(filesIn('files').map((entry) => entry.name)).toEqual([used.file_id])
    expect((await app.api.get(app.context.files.link(unused.file_id))).status).toBe(404)
    expect((await app.api.get(app.context.files.link(used.file_id))).status).toBe(200)
  })

  test('more than is looked at in one go is swept in one run', async () => {
    const { file_id } = await store()
    const [row] = await rows()
    const others = Array.from({ length: 450 }, () => {
      const id = randomUUID()
      return { ...row!, id, storage_key: id }
    })
    for (let i = 0; i < others.length; i += 50)
      await app.context.database.db
        .insertInto('task_file')
        .values(others.slice(i, i + 50))
        .execute()
    app.clock.advance(25 * HOUR_MS)
    expect((await app.context.files.sweep()).unused).toBe(451)
    expect(await rows()).toEqual([])
    expect((await app.api.get(app.context.files.link(file_id))).status).toBe(404)
  })

  test('a swept upload cannot be used any more', async () => {
    const { file_id } = await store()
    app.clock.advance(25 * HOUR_MS)
    await app.context.files.sweep()
    expect((await app.api.post('/api/v1/tasks', buildSubmission({ file_ids: [file_id] }), { token })).status).toBe(400)
  })

  test('a replaced avatar is swept, the present one stays', async () => {
    const profile = { contact: '张三', name: '公司', phone: '13800138000', address: '北京' }
    const avatars = [await store(await buildPng(), 'a.png'), await store(await buildPng(9, 9), 'b.png')]
    for (const { file_id } of avatars)
      await app.api.put('/api/v1/user/profile', { ...profile, avatar_file_id: file_id }, { token })
    app.clock.advance(25 * HOUR_MS)
    expect(await app.context.files.sweep()).toMatchObject({ unused: 1 })
    expect((await rows()).map((row) => row.id)).toEqual([avatars[1].file_id])
  })

  test('contents without a row are swept after an hour, whatever they are called', async () => {
    const { file_id } = await store()
    const [row] = await rows()
    await app.api.get(app.context.files.link(file_id, 'thumbnail'))
    const dir = path.dirname(path.join(folder('files'), row!.storage_key))
    const old = new Date('2026-03-01T00:00:00Z')
    for (const name of ['orphan', 'orphan.thumb', 'gone.stamped', `${file_id}.x`]) {
      fs.writeFileSync(path.join(dir, name), 'x')
      fs.utimesSync(path.join(dir, name), old, old)
    }
    fs.utimesSync(path.join(dir, file_id), old, old)
    fs.writeFileSync(path.join(dir, 'young'), 'x')
    expect((await app.context.files.sweep()).orphans).toBe(4)
    expect(
      filesIn('files')
        .map((entry) => entry.name)
        .toSorted(),
    ).toEqual([String(file_id), 'young'].toSorted())
  })

  test('what a killed server was receiving is swept after an hour', async () => {
    const dir = path.join(folder('incoming'), 'dead-upload')
    fs.mkdirSync(dir, { recursive: true })
    fs.writeFileSync(path.join(dir, 'part'), 'x')
    expect((await app.context.files.sweep()).orphans).toBe(0)
    const old = new Date('2026-03-01T00:00:00Z')
    fs.utimesSync(dir, old, old)
    expect((await app.context.files.sweep()).orphans).toBe(1)
    expect(fs.readdirSync(folder('incoming'))).toEqual([])
  })

  test.each(['/api/v1/files', '/api/v1/tasks'])('an upload to %s that breaks off leaves nothing', async (target) => {
    const field = target.endsWith('files') ? 'file' : 'images'
    const head = `--cut\r\nContent-Disposition: form-data; name="${field}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`
    const request = http.request(app.url + target, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'multipart/form-data; boundary=cut',
        'content-length': '4000000',
      },
    })
    request.on('error', () => {})
    request.write(head)
    request.write(Buffer.concat([await buildPng(), Buffer.alloc(300_000)]))
    await until(() => filesIn('incoming').length > 0, 'the beginning of the upload')
    request.destroy()
    await until(() => fs.readdirSync(folder('incoming')).length === 0, 'the clearing up')
    expect(filesIn('files')).toEqual([])
    expect(await rows()).toEqual([])
    expect(app.logs.filter((line) => line.includes('"status":500'))).toEqual([])
    expect((await app.api.get('/api/v1/tasks', { token })).body.data.total).toBe(0)
  })

  test('a body that ends in the middle of a part is a 400 and leaves nothing', async () => {
    const body =
      '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nabc'
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=cut' }
    const response = await fetch(`${app.url}/api/v1/files`, { method: 'POST', headers, body })
    expect(response.status).toBe(400)
    expect(fs.readdirSync(folder('incoming'))).toEqual([])
  })

  test('refused submissions leave neither rows nor contents', async () => {
    const png: [string, File] = ['images', buildFile(await buildPng(), 'a.png')]
    const fields = formFields(buildSubmission())
    const { description: _description, ...incomplete } = fields
    const forms = [
      buildForm(incomplete, [png]),
      buildForm(fields, [png, ['files', buildFile(Buffer.from('MZ'), 'x.pdf')]]),
      buildForm({ ...fields, file_ids: '00000000-0000-4000-8000-000000000000' }, [png]),
      buildForm(fields, [png, ['images', buildFile(Buffer.alloc(5 * 1024 * 1024 + 1), 'big.png')]]),
    ]
    for (const form of forms) expect((await app.api.upload('/api/v1/tasks', form, { token })).status).not.toBe(200)
    expect([await rows(), filesIn('files'), filesIn('incoming')]).toEqual([[], [], []])
    await until(() => fs.readdirSync(folder('incoming')).length === 0, 'the clearing up')
  })

  test('an accepted submission has one row and one content per file, and nothing incoming', async () => {
    const png = await buildPng()
    const files = Array.from({ length: 5 }, (_, i): [string, File] => ['images', buildFile(png, `${i}.png`)])
    await app.api.upload('/api/v1/tasks', buildForm(formFields(buildSubmission()), files), { token })
    expect((await rows()).map((row) => row.original_name).toSorted()).toEqual(files.map(([, file]) => file.name))
    expect(filesIn('files')).toHaveLength(5)
    expect(fs.readdirSync(folder('incoming'))).toEqual([])
  })
})
