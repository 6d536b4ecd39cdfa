import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { keysOf } from '../../support/answers'
import { buildFile } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addOrder,
  buildCheckin,
  buildPhoto,
  countOf,
  type Crew,
  evidenceForm,
  NO_LIMITS,
  outcomeOf,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const EVIDENCE = '/homecare/evidence'
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

describe.each(ENGINES)('evidence on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let id: string
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(async () => {
    id = await addAcceptedOrder(app, crew)
  })
  const upload = (form: FormData, request: object = crew.worker) => app.api.upload(EVIDENCE, form, request)
  const download = async (url: string) =>
    Buffer.from(await (await fetch(url.startsWith('http') ? url : app.url + url)).arrayBuffer())
  const submitted = async (fileId: string) => {
    const checkin = { ...(await buildCheckin(app, crew, id)), evidenceFileIds: [fileId] }
    await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
    return (await app.api.get(`/homecare/work-orders/${id}`, crew.dispatcher)).body.data.visits[0].evidence[0]
  }

  test('is kept to the byte, bound to its order and its worker', async () => {
    const photo = await buildPhoto()
    const { status, body } = await upload(evidenceForm(id, photo))
    expect([status, keysOf(body.data)]).toEqual([200, ['file_id', 'mime', 'name', 'sha256', 'size', 'url']])
    expect(body.data).toMatchObject({ mime: 'image/png', size: photo.length, sha256: sha256(photo), name: '现场.png' })
    expect((await download(body.data.url)).equals(photo)).toBe(true)
    const row = await app.context.database.db
      .selectFrom('task_file')
      .selectAll()
      .where('id', '=', body.data.file_id)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      owner: 'evidence',
      task_id: id,
      uploader: `staff:${crew.workerId}`,
      visit_id: null,
      captured_at: app.clock.now(),
    })
  })

  test('has a stamped copy beside it: a JPEG of the same size that says something else', async () => {
    const photo = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#3366cc' } })
      .png()
      .toBuffer()
    const fields = { capturedAt: '2026-03-02T09:15:00+08:00', latitude: '39.9042', longitude: '116.4074' }
    const { body } = await upload(evidenceForm(id, photo, fields))
    const evidence = await submitted(body.data.file_id)
    expect(evidence).toMatchObject({ sha256: sha256(photo), captured_at: '2026-03-02T01:15:00.000Z' })
    expect((await download(evidence.url)).equals(photo)).toBe(true)
    const stamped = await download(evidence.stamped_url)
    expect(await sharp(stamped).metadata()).toMatchObject({ format: 'jpeg', width: 800, height: 600 })
    const corner = { left: 0, top: 560, width: 300, height: 40 }
    const [plain, written] = await Promise.all(
      [photo, stamped].map((picture) => sharp(picture).removeAlpha().extract(corner).stats()),
    )
    expect(plain!.channels[0]!.stdev).toBe(0)
    expect(written!.channels[0]!.stdev).toBeGreaterThan(10) // a flat colour has 0
    const thumbnail = await sharp(await download(evidence.thumbnail_url)).metadata()
    expect(thumbnail.width).toBeLessThan(800)
  })

  test('two times make two different stamps of one photo', async () => {
    const photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const digests: string[] = []
    for (const capturedAt of ['2026-03-02T01:00:00Z', '2026-03-02T01:00:01Z']) {
      id = await addAcceptedOrder(app, crew)
      const { body } = await upload(evidenceForm(id, photo, { capturedAt }))
      digests.push(sha256(await download((await submitted(body.data.file_id)).stamped_url)))
    }
    expect(digests[0]).not.toBe(digests[1])
  })

  test('a photo of 8 × 8 is stamped too', async () => {
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const { body } = await upload(evidenceForm(id, photo))
    const stamped = await download((await submitted(body.data.file_id)).stamped_url)
    expect(await sharp(stamped).metadata()).toMatchObject({ format: 'jpeg', width: 8, height: 8 })
  })

  test.each<[string, Buffer, string]>([
    ['a script renamed to .png', Buffer.from('#!/bin/sh\nrm -rf /\n'), 'a.png'],
    ['a page renamed to .jpg', Buffer.from('<!doctype html><script>alert(1)</script>'), 'a.jpg'],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'), 'a.svg'],
    ['a PDF', Buffer.from('%PDF-1.4\n%%EOF\n'), 'a.pdf'],
    ['a program', Buffer.from('MZ\u0090\u0000\u0003', 'latin1'), 'a.png'],
  ])('refuses %s by its content', async (_name, content, name) => {
    const before = await countOf(app, 'task_file')
    const form = evidenceForm(id, content)
    form.set('file', buildFile(content, name, 'image/png'))
    const { status, body } = await upload(form)
    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(await countOf(app, 'task_file')).toBe(before)
  })

  test('refuses another worker’s order, the pool’s and an unknown one', async () => {
    const before = await countOf(app, 'task_file')
    const photo = await buildPhoto()
    expect(outcomeOf(await upload(evidenceForm(id, photo), crew.other))).toBe('403 WORKER_NOT_MATCHED')
    const pooled = await addOrder(app, crew)
    expect(outcomeOf(await upload(evidenceForm(pooled, photo)))).toBe('403 WORKER_NOT_MATCHED')
    expect((await upload(evidenceForm('00000000-0000-7000-8000-000000000000', photo))).status).toBe(404)
    expect(await countOf(app, 'task_file')).toBe(before)
  })

  test.each<[Record<string, string>, string]>([
    [{ workOrderId: '' }, 'workOrderId'],
    [{ workOrderId: 'x'.repeat(41) }, 'workOrderId'],
    [{ workOrderId: 'a\u0000b' }, 'workOrderId'],
    [{ latitude: 'north' }, 'latitude'],
    [{ latitude: '91' }, 'latitude'],
    [{ longitude: 'NaN' }, 'longitude'],
    [{ longitude: '-181' }, 'longitude'],
    [{ capturedAt: 'yesterday' }, 'capturedAt'],
  ])('refuses %j by name', async (fields, path) => {
    const before = await countOf(app, 'task_file')
    const { status, body } = await upload(evidenceForm(id, await buildPhoto(), fields))
    expect([status, body.data.fields.map((field: { path: string }) => field.path)]).toEqual([400, [path]])
    expect(await countOf(app, 'task_file')).toBe(before)
  })

  test('wants a photo, exactly one, as multipart', async () => {
    const none = evidenceForm(id, await buildPhoto())
    none.delete('file')
    expect((await upload(none)).body.data.fields[0].path).toBe('file')
    const two = evidenceForm(id, await buildPhoto())
    two.append('file', buildFile(await buildPhoto(), 'b.png'))
    expect((await upload(two)).status).toBe(413)
    expect((await app.api.post(EVIDENCE, { workOrderId: id }, crew.worker)).status).toBe(415)
    const empty = evidenceForm(id, Buffer.alloc(0))
    expect((await upload(empty)).status).toBe(400)
  })

  test('one Idempotency-Key is one file', async () => {
    const photo = await buildPhoto()
    const request = { ...crew.worker, headers: { 'idempotency-key': 'photo-1' } }
    const one = await upload(evidenceForm(id, photo), request)
    const two = await upload(evidenceForm(id, photo), request)
    expect(two.body.data.file_id).toBe(one.body.data.file_id)
    expect((await upload(evidenceForm(id, await buildPhoto()), request)).status).toBe(422)
  })
})

test('a 61st photo in a minute is 429 for this worker', async () => {
  const app = await startTestApp()
  const crew = await addCrew(app)
  for (let i = 0; i < 60; i++) await app.api.post(EVIDENCE, {}, crew.worker)
  const { status, headers } = await app.api.post(EVIDENCE, {}, crew.worker)
  expect([status, headers.has('retry-after')]).toEqual([429, true])
  expect((await app.api.post(EVIDENCE, {}, crew.other)).status).toBe(415)
  await app.close()
})
