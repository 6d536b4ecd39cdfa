import { createHash, randomBytes } from 'node:crypto'
import sharp from 'sharp'
import {
  buildCfb,
  buildDocx,
  buildFile,
  buildForm,
  buildInterlacedPng,
  buildJpeg,
  buildPdf,
  buildPng,
  buildSubmission,
  buildXlsx,
  buildZip,
  formFields,
} from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const MB = 1024 * 1024
const padded = (content: Buffer, size: number) => Buffer.concat([content, Buffer.alloc(size - content.length)])
const PE = Buffer.concat([Buffer.from('MZ\x90\0\x03\0', 'latin1'), Buffer.alloc(58), Buffer.from('@\0\0\0PE\0\0L\x01')])

describe.each(ENGINES)('what may be uploaded, on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const store = (content: Buffer, name: string, fields: Record<string, string> = {}) =>
    app.api.upload('/api/v1/files', buildForm(fields, [['file', buildFile(content, name)]]), { token })
  const submit = (files: [string, File][]) =>
    app.api.upload('/api/v1/tasks', buildForm(formFields(buildSubmission()), files), { token })
  const taken = async () => (await app.context.database.db.selectFrom('task_file').select('id').execute()).length

  const documents: [string, Buffer, string][] = [
    ['a.pdf', buildPdf(), 'application/pdf'],
    ['a.doc', buildCfb(), 'application/msword'],
    ['A.XLS', buildCfb(), 'application/vnd.ms-excel'],
    ['a.docx', buildDocx(), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.xlsx', buildXlsx(), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ]
  test.each(documents)('%s passes by its content, alone and with a task', async (name, content, mime) => {
    const { status, body } = await store(content, name)
    expect([status, body.data?.mime]).toEqual([200, mime])
    expect((await submit([['files', buildFile(content, name)]])).status).toBe(200)
  })

  test.each(['jpeg', 'png', 'gif', 'webp'] as const)(
    'a %s passes as a picture whatever it is called',
    async (format) => {
      const content = await sharp(await buildPng())
        .toFormat(format)
        .toBuffer()
      const { status, body } = await store(content, 'picture.bin')
      expect([status, body.data?.mime]).toEqual([200, `image/${format}`])
      expect((await submit([['images', buildFile(content, 'picture.jpg')]])).status).toBe(200)
    },
  )

  const disguised: [string, Buffer][] = [
    ['a program', PE],
    ['a Linux program', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(64)])],
    ['a shell script', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['a batch file', Buffer.from('@echo off\r\ndel *.*\r\n')],
    ['a PHP script', Buffer.from('<?php system($_GET["x"]); ?>')],
    ['an HTML page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['an XML file', Buffer.from('<?xml version="1.0"?><a/>')],
    ['a zip archive', buildZip({ 'a.txt': 'x' })],
    ['a Java archive', buildZip({ 'META-INF/MANIFEST.MF': 'Main-Class: x', 'X.class': 'x' })],
    ['a presentation', buildZip({ 'ppt/presentation.xml': '<p/>' })],
    ['an installer', buildCfb('84100c0000000000c000000000000046')],
    ['plain text', Buffer.from('hello')],
    ['noise', randomBytes(2048)],
    ['a lone PNG signature', Buffer.from('89504e470d0a1a0a', 'hex')],
  ]
  test.each(disguised)('%s is refused under any name', async (_kind, content) => {
    for (const name of ['photo.png', 'report.pdf', 'report.doc', 'report.docx', 'x.xlsx']) {
      const field = name.endsWith('png') ? 'images' : 'files'
      for (const answer of [await store(content, name), await submit([[field, buildFile(content, name)]])]) {
        expect([name, answer.status, answer.body.code]).toEqual([name, 415, 415])
        expect(answer.body.message).toMatch(/类型不符，只支持/)
        expect(answer.body.message).toContain(name)
      }
    }
    expect(await taken()).toBe(0)
  })

  test('pictures are no attachments, and documents no pictures and no avatars', async () => {
    expect((await submit([['images', buildFile(buildPdf(), 'a.png')]])).status).toBe(415)
    expect((await submit([['files', buildFile(await buildPng(), 'a.pdf')]])).status).toBe(415)
    expect((await store(buildPdf(), 'a.png', { purpose: 'avatar' })).status).toBe(415)
    expect((await store(await buildPng(), 'a.png', { purpose: 'avatar' })).status).toBe(200)
  })

  test.each<[what: string, build: () => Promise<Buffer>]>([
    ['more than 120 million pixels', () => buildPng(20_000, 6001)],
    ['rows of half a megabyte', () => buildPng(180_000, 12)],
    ['81 million interlaced pixels', () => buildInterlacedPng(9000, 9000)],
    ['108 million pixels in several passes', () => buildJpeg(12_000, 9000, { progressive: true })],
  ])('a picture of %s is refused: decoding it would take all memory', async (_what, build) => {
    const bomb = await build()
    expect(bomb.length).toBeLessThan(5 * MB)
    expect((await store(bomb, 'bomb.png')).status).toBe(415)
  })

  test('the largest photos phones take are shown small like any other', async () => {
    const { status, body } = await store(await buildJpeg(12_000, 9000), 'a.jpg')
    expect(status).toBe(200)
    const small = await fetch(app.url + app.context.files.link(body.data.file_id, 'thumbnail'))
    expect(await sharp(Buffer.from(await small.arrayBuffer())).metadata()).toMatchObject({ width: 360, height: 270 })
  })

  test('pictures have up to 5 MB and not a byte more', async () => {
    const png = await buildPng()
    expect((await store(padded(png, 5 * MB), 'a.png')).status).toBe(200)
    expect((await submit([['images', buildFile(padded(png, 5 * MB), 'a.png')]])).status).toBe(200)
    const [alone, withTask] = [
      await store(padded(png, 5 * MB + 1), '现场.png'),
      await submit([['images', buildFile(padded(png, 5 * MB + 1), '现场.png')]]),
    ]
    for (const { status, body } of [alone, withTask]) {
      expect(status).toBe(413)
      expect(body.message).toMatch(/“现场.png”超过 5MB/)
    }
    expect(withTask.body.data.fields).toEqual([{ path: 'images', message: '图片“现场.png”超过 5MB' }])
  })

  test('attachments have up to 10 MB and not a byte more', async () => {
    const pdf = buildPdf()
    expect((await store(padded(pdf, 10 * MB), 'a.pdf')).status).toBe(200)
    expect((await submit([['files', buildFile(padded(pdf, 10 * MB), 'a.pdf')]])).status).toBe(200)
    for (const answer of [
      await store(padded(pdf, 10 * MB + 1), '报告.pdf'),
      await submit([['files', buildFile(padded(pdf, 10 * MB + 1), '报告.pdf')]]),
    ]) {
      expect(answer.status).toBe(413)
      expect(answer.body.message).toMatch(/“报告.pdf”超过 10MB/)
    }
  })

  test('nine pictures and nine attachments pass, ten of either do not', async () => {
    const png = buildFile(await buildPng(), 'a.png')
    const pdf = buildFile(buildPdf(), 'a.pdf')
    const many = (field: string, file: File, count: number) =>
      Array.from({ length: count }, (): [string, File] => [field, file])
    expect((await submit([...many('images', png, 9), ...many('files', pdf, 9)])).status).toBe(200)
    for (const [field, file, label] of [
      ['images', png, '图片'],
      ['files', pdf, '附件'],
    ] as const) {
      const { status, body } = await submit(many(field, file, 10))
      expect([status, body.message]).toEqual([413, `${label}最多 9 个（${field}）`])
    }
    expect((await submit(many('images', png, 40))).status).toBe(413)
    const { body } = await app.api.get('/api/v1/tasks', { token })
    expect(body.data.total).toBe(1)
  })

  test('images[] and images[0] are images', async () => {
    const png = buildFile(await buildPng(), 'a.png')
    expect(
      (
        await submit([
          ['images[]', png],
          ['images[1]', png],
        ])
      ).status,
    ).toBe(200)
    expect(await taken()).toBe(2)
  })

  test('an empty file, an unknown file field and no file are clear 400s', async () => {
    const empty = await submit([['images', buildFile(Buffer.alloc(0), '空.png')]])
    expect([empty.status, empty.body.message]).toEqual([400, '图片“空.png”是空文件（images）'])
    expect((await submit([['__proto__', buildFile(buildPdf(), 'a.pdf')]])).status).toBeLessThan(500)
    expect((await submit([['photos', buildFile(buildPdf(), 'a.pdf')]])).status).toBe(400)
    expect((await app.api.upload('/api/v1/files', buildForm({ purpose: 'x' }), { token })).status).toBe(400)
    expect((await store(buildPdf(), 'a.pdf', { purpose: 'x'.repeat(21) })).status).toBe(400)
    expect(await taken()).toBe(0)
  })

  test('the answer tells size and digest of what was sent', async () => {
    const content = padded(buildPdf(), 123_456)
    const { body } = await store(content, '报告.pdf')
    expect(body).toEqual({
      code: 200,
      message: '上传成功',
      data: {
        file_id: expect.stringMatching(/^[\w-]{36}$/),
        name: '报告.pdf',
        size: 123_456,
        mime: 'application/pdf',
        sha256: createHash('sha256').update(content).digest('hex'),
        url: expect.stringMatching(/^\/api\/v1\/files\//),
      },
    })
  })
})

test('a file is kept under the name sent beside it, where the phone knows only a temporary one', async () => {
  const app = await startTestApp()
  const form = new FormData()
  form.set('name', '../检修报告.pdf')
  form.set('file', buildFile(buildPdf(), 'tmp_8f3a', 'application/octet-stream'))
  const { body } = await app.api.upload('/api/v1/files', form, { token: await app.api.customer() })
  expect(body.data.name).toBe('检修报告.pdf')
  await app.close()
})
