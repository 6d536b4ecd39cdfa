import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import sharp from 'sharp'
import { buildFile, buildForm, buildPdf, buildPng } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('signed links on %s', (engine) => {
  let app: TestApp
  let token: string
  const pdf = Buffer.concat([buildPdf(), Buffer.alloc(1000, 'x')])
  let url: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
    url = (await store(pdf, '检修报告.pdf')).url
  })
  afterAll(() => app.close())

  async function store(content: Buffer, name: string) {
    const form = buildForm({}, [['file', buildFile(content, name)]])
    const { status, body } = await app.api.upload('/api/v1/files', form, { token })
    expect(status).toBe(200)
    return body.data as { file_id: string; name: string; url: string }
  }
  const read = (headers: Record<string, string> = {}, at = url, method = 'GET') =>
    fetch(app.url + at, { method, headers })
  const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())

  test('give the content to anybody who holds them, never as something to run', async () => {
    const response = await read()
    expect(response.status).toBe(200)
    expect(await bytes(response)).toEqual(pdf)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-length')).toBe(String(pdf.length))
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(response.headers.get('accept-ranges')).toBe('bytes')
    expect(response.headers.get('cache-control')).toMatch(/^private/)
    const disposition = response.headers.get('content-disposition')
    expect(disposition).toContain(`filename*=UTF-8''${encodeURIComponent('检修报告.pdf')}`)
    expect(disposition).toMatch(/^attachment;/)
  })

  test('answer HEAD with the same headers and no content', async () => {
    const [head, get] = [await read({}, url, 'HEAD'), await read()]
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const name of ['content-length', 'content-type', 'etag', 'content-disposition'])
      expect(head.headers.get(name)).toBe(get.headers.get(name))
  })

  const last = pdf.length - 1
  test.each([
    ['bytes=0-9', 0, 9],
    ['bytes=10-', 10, last],
    ['bytes=-10', last - 9, last],
    ['bytes=0-999999', 0, last],
    [`bytes=${last}-${last}`, last, last],
  ])('give %s of it', async (range, start, end) => {
    const response = await read({ range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${pdf.length}`)
    expect(response.headers.get('content-length')).toBe(String(end - start + 1))
    expect(await bytes(response)).toEqual(pdf.subarray(start, end + 1))
  })

  test.each([`bytes=${pdf.length}-`, 'bytes=99999-100000'])('answer 416 to %s', async (range) => {
    const response = await read({ range })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe(`bytes */${pdf.length}`)
  })

  test.each(['lines=0-1', 'bytes', 'bytes=0-1,5-6'])('give everything for %s', async (range) => {
    const response = await read({ range })
    expect([response.status, (await bytes(response)).length]).toEqual([200, pdf.length])
  })

  test('answer 304 to their own ETag, and ranges only while If-Range holds', async () => {
    const etag = (await read()).headers.get('etag')!
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    // fetch adds `Cache-Control: no-cache` to conditional requests of its own.
    const conditional = (value: string) =>
      new Promise((resolve) => {
        http.get(app.url + url, { headers: { 'if-none-match': value } }, (answer) => {
          let length = 0
          answer.on('data', (chunk: Buffer) => (length += chunk.length))
          answer.on('end', () => resolve([answer.statusCode, length]))
        })
      })
    expect(await conditional(etag)).toEqual([304, 0])
    expect(await conditional('"other"')).toEqual([200, pdf.length])
    expect((await read({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await read({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
  })

  test('that were tampered with are 403', async () => {
    const other = await store(buildPdf('other'), 'other.pdf')
    const signature = /sig=([\w-]+)/.exec(url)![1]!
    const flipped = signature.replace(/^./, (char) => (char === 'A' ? 'B' : 'A'))
    for (const bad of [
      url.replace(signature, flipped),
      url.replace(signature, signature.slice(1)),
      url.replace(signature, 'x'),
      url.replace(signature, '%F0%9F%98%80'.repeat(8)),
      url.replace(/exp=(\d+)/, (_all, exp) => `exp=${Number(exp) + 3600}`),
      url.replace(/files\/[\w-]+/, `files/${other.file_id}`),
      url.replace('?', '?v=thumbnail&'),
      url.replace('?', '?v=stamped&'),
    ]) {
      const { status, body } = await app.api.get(bad)
      expect([bad, status, body.code]).toEqual([bad, 403, 403])
    }
  })

  test.each(['', '?exp=1', '?sig=x', '?exp=abc&sig=x', '?exp=1&sig=', '?exp=1&sig=a&sig=b', '?exp=1&sig=x&v=raw'])(
    'cut to %p are refused in Chinese',
    async (query) => {
      const { status, body } = await app.api.get(url.replace(/\?.*/, query))
      expect([status, body.message]).toEqual([403, '文件链接无效'])
    },
  )

  test('expire, for the thumbnail as well', async () => {
    const { url: short } = await store(await buildPng(), 'a.png')
    expect((await read({}, short)).status).toBe(200)
    const before = app.clock.now().toISOString()
    app.clock.advance(26 * 3600_000 + 1000)
    const { status, body } = await app.api.get(short)
    expect([status, body.message]).toEqual([403, '文件链接已过期，请刷新页面'])
    app.clock.set(before)
  })

  test('to a picture show it in place, and its thumbnail is a small JPEG', async () => {
    const { file_id, url: original } = await store(await buildPng(1600, 1200), '现场.png')
    const shown = await read({}, original)
    expect(shown.headers.get('content-disposition')).toMatch(/^inline;/)
    const thumbnail = app.context.files.link(file_id, 'thumbnail')
    const answers = await Promise.all([1, 2, 3].map(() => read({}, thumbnail)))
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
      expect(answer.headers.get('etag')).not.toBe(shown.headers.get('etag'))
      const { width, height, format } = await sharp(await bytes(answer)).metadata()
      expect({ width, height, format }).toEqual({ width: 360, height: 270, format: 'jpeg' })
    }
  })

  test('whose content is lost are 404', async () => {
    const { file_id, url: lost } = await store(buildPdf('lost'), 'a.pdf')
    const [row] = await app.context.files.byIds([file_id])
    fs.rmSync(path.join(app.dataDir, 'files', row!.storage_key))
    expect((await app.api.get(lost)).status).toBe(404)
  })

  test.each([
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['..\\..\\a.pdf', 'a.pdf'],
    ['/etc/cron.d/x.pdf', 'x.pdf'],
    ['C:\\报告 (1).pdf', '报告 (1).pdf'],
    ['仪器🧪报告.pdf', '仪器🧪报告.pdf'],
    ['a\u0001b\u202e.pdf', 'ab.pdf'],
    ['..', '未命名'],
    ["x'; drop table task_file; --.pdf", "x'; drop table task_file; --.pdf"],
    ['<img src=x>.pdf', '<img src=x>.pdf'],
    [`${'长'.repeat(300)}.pdf`, `${'长'.repeat(251)}.pdf`],
    [`${'😀'.repeat(150)}.pdf`, `${'😀'.repeat(125)}.pdf`],
    [`a.${'😀'.repeat(200)}`, `a.${'😀'.repeat(126)}`],
  ])('keep the name %p safely as %p', async (given, kept) => {
    const { name, file_id, url: link } = await store(buildPdf(given), given)
    expect(name).toBe(kept)
    const disposition = (await read({}, link)).headers.get('content-disposition')!
    const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1]
    expect(encoded ? decodeURIComponent(encoded) : /filename="?((?:[^"\\]|\\.)*)"?$/.exec(disposition)?.[1]).toBe(kept)
    const [row] = await app.context.files.byIds([file_id])
    expect(row!.storage_key).toMatch(/^\d{4}\/\d\d\/\d\d\/[0-9a-f-]{36}$/)
  })

  test('are not files of the disk', async () => {
    for (const target of ['/api/v1/files/..%2f..%2fapp.db', '/api/v1/files/%2e%2e', '/files/app.db', '//etc/passwd']) {
      const status = await new Promise((resolve) =>
        http.get(app.url, { path: `${target}?exp=9999999999&sig=x` }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }),
      )
      expect([400, 403, 404]).toContain(status)
    }
  })
})
