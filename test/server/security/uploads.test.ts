import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { buildDocx, buildFile, buildForm, buildInterlacedPng, buildPdf, buildPng } from '../../support/builders'
import { addAcceptedOrder, addCrew, evidenceForm, NO_LIMITS } from '../../support/field-work'
import { sha256 } from '../../support/invariants'
import { startTestApp, type TestApp } from '../../support/test-app'

const MB = 1024 * 1024

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp(NO_LIMITS)
  token = await app.api.customer()
})
afterAll(() => app.close())

const store = (content: Buffer, name: string) =>
  app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(content, name)]]), { token })
const fetchFile = (url: string) => app.api.get(url.startsWith('http') ? new URL(url).pathname : url)

/** How much more memory the process took while `work` ran, at its highest. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
  await work().finally(() => clearInterval(timer))
  return peak - before
}

test('a Word file that unpacks to hundreds of megabytes is never unpacked', async () => {
  const bomb = buildDocx(' '.repeat(400 * MB))
  expect(bomb.length).toBeLessThan(5 * MB)
  const grown = await peakOf(async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => store(bomb, `${name}.docx`)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  })
  expect(grown).toBeLessThan(200 * MB)
})

test('pictures of 49 million pixels at once cost no more memory than one of them, photographed or shown', async () => {
  const crew = await addCrew(app)
  const workOrderId = await addAcceptedOrder(app, crew)
  const bomb = await buildInterlacedPng(7000, 7000)
  expect(bomb.length).toBeLessThan(1 * MB)
  const photograph = () => app.api.upload('/homecare/evidence', evidenceForm(workOrderId, bomb), crew.worker)
  const shown: unknown[][] = []
  const grown = await peakOf(async () => {
    const photos = await Promise.all(Array.from({ length: 4 }, photograph))
    expect(photos.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const links = photos.flatMap(({ body }) =>
      (['thumbnail', 'stamped'] as const).map((variant) => app.context.files.link(body.data.file_id, variant)),
    )
    for (const { status, headers } of await Promise.all(links.map(fetchFile)))
      shown.push([status, headers.get('content-type')])
  })
  expect(shown).toEqual(Array(8).fill([200, 'image/jpeg']))
  expect(grown).toBeLessThan(350 * MB)
})

/** A form as bytes, so that the boundary is known to what stands between. */
function rawForm(boundary: string, disposition: string, content: Buffer) {
  const head = `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: application/pdf\r\n\r\n`
  return Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)])
}
const sendForm = async (boundary: string, body: Buffer) => {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, authorization: `Bearer ${token}` }
  const response = await fetch(`${app.url}/api/v1/files`, { method: 'POST', headers, body: new Uint8Array(body) })
  return { status: response.status, body: (await response.json()) as any }
}

test('a file of nothing but carriage returns costs no more than another', async () => {
  const content = Buffer.concat([buildPdf(), Buffer.alloc(9 * MB, '\r')])
  const body = rawForm('x', 'name="file"; filename="a.pdf"', content)
  const grown = await peakOf(async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => sendForm('x', body)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    for (const answer of answers) expect(answer.body.data.sha256).toBe(sha256(content))
  })
  expect(grown).toBeLessThan(150 * MB)
})

test('a file that nearly holds the boundary, in every way, is kept to the byte', async () => {
  const boundary = 'aXb'
  const part = fc.constantFrom(
    '\r',
    '\n',
    '-',
    '\r\n',
    '\r\n--',
    '\r\n--aX',
    '\r\n--aXc',
    'aXb',
    '\r\r\n--',
    'z'.repeat(9000),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 60 }), async (parts) => {
      const content = Buffer.concat([buildPdf(), Buffer.from(parts.join(''))])
      if (content.includes(`\r\n--${boundary}`)) return
      const answer = await sendForm(boundary, rawForm(boundary, 'name="file"; filename="a.pdf"', content))
      expect([answer.status, answer.body.data?.sha256]).toEqual([200, sha256(content)])
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['a header', 'name="file"; filename="'],
  ['a name of a header', 'name="file"\r\nX-'],
  ['text before the first part', null],
])('%s without end is not gathered', async (_what, disposition) => {
  const head = disposition === null ? 'no part at all' : `--x\r\nContent-Disposition: form-data; ${disposition}`
  const headers = { 'content-type': 'multipart/form-data; boundary=x', authorization: `Bearer ${token}` }
  const grown = await peakOf(async () => {
    const request = http.request(`${app.url}/api/v1/files`, { method: 'POST', headers })
    const answered = once(request, 'response')
    request.write(head)
    for (let megabytes = 0; megabytes < 200 && !request.destroyed; megabytes++)
      if (!request.write(Buffer.alloc(MB, 'a'))) await once(request, 'drain')
    request.end()
    const [{ statusCode }] = await answered
    expect(statusCode).toBe(400)
  })
  expect(grown).toBeLessThan(120 * MB)
  expect((await store(buildPdf(), 'a.pdf')).status).toBe(200)
})

test('a picture that is also something else is served as the picture, and run by nobody', async () => {
  const png = await buildPng()
  const gif = await sharp(png).gif().toBuffer()
  const script = Buffer.from('<html><script>alert(document.domain)</script></html>')
  const files: [string, Buffer, string][] = [
    ['a.html', Buffer.concat([png, script]), 'image/png'],
    ['a.js', Buffer.concat([gif, Buffer.from('/*'), script, Buffer.from('*/=1;alert(1)')]), 'image/gif'],
    ['a.jar', Buffer.concat([png, buildDocx()]), 'image/png'],
    ['a.hta', Buffer.concat([buildPdf(), script]), 'application/pdf'],
  ]
  for (const [name, content, mime] of files) {
    const { status, body } = await store(content, name)
    expect([name, status, body.data?.mime]).toEqual([name, 200, mime])
    const { headers } = await fetchFile(body.data.url)
    expect(headers.get('content-type')).toBe(mime)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'|sandbox/)
    if (!mime.startsWith('image/')) expect(headers.get('content-disposition')).toMatch(/^attachment/)
  }
})

test.each([
  '../../../../etc/cron.d/x.png',
  '..\\..\\windows\\x.png',
  '/etc/passwd.png',
  'C:\\boot.png',
  'a\u0000.png',
  'x\r\nSet-Cookie: a=b.png',
  `${'长'.repeat(4000)}.png`,
  '\u202egnp.exe',
  'CON.png',
  '.',
  '..',
  '%2e%2e%2fx.png',
  '"; filename="evil.html',
])('the name %p is a name and no path, header or second file', async (name) => {
  const { status, body } = await store(await buildPng(), name)
  expect(status).toBe(200)
  const outside = fs.readdirSync(path.dirname(app.dataDir)).filter((one) => /^(x|passwd|boot|evil)/.test(one))
  expect(outside).toEqual([])
  // oxlint-disable-next-line no-control-regex
  expect(body.data.name).not.toMatch(/[/\\\u0000-\u001f\u202e]/)
  const { headers } = await fetchFile(body.data.url)
  expect(headers.get('set-cookie')).toBeNull()
  expect(headers.get('content-type')).toBe('image/png')
  expect(headers.get('content-disposition')).not.toContain('filename="evil.html')
})

test('a quote in a name is a quote, as every browser writes it', async () => {
  const { body } = await store(await buildPng(), '8" 色谱柱.png')
  expect(body.data.name).toBe('8" 色谱柱.png')
})

test('a download’s range, path and signature are data too', async () => {
  const { body } = await store(await buildPng(), 'a.png')
  const { pathname, searchParams } = new URL(body.data.url, app.url)
  for (const range of ['bytes=0-', 'bytes=-1', 'bytes=5-1', `bytes=${'0-1,'.repeat(3000)}0-1`, 'bytes=0-1e99', 'x'])
    expect((await app.api.get(body.data.url.replace(app.url, ''), { headers: { range } })).status).toBeLessThan(500)
  const signed = (changes: Record<string, string>) =>
    `${pathname}?${new URLSearchParams({ ...Object.fromEntries(searchParams), ...changes }).toString()}`
  for (const change of [{ sig: '' }, { sig: 'x' }, { exp: '9999999999' }, { exp: 'NaN' }, { exp: '-1' }])
    expect((await app.api.get(signed(change as unknown as Record<string, string>))).status).toBe(403)
  for (const id of ['..%2f..%2fapp.db', '%00', 'x'.repeat(3000)])
    expect((await app.api.get(`/api/v1/files/${id}?exp=9999999999&sig=x`)).status).toBeLessThan(500)
})
