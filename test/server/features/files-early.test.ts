import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { buildPng } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

const MB = 1024 * 1024

let app: TestApp
let token: string
let start: Buffer
beforeAll(async () => {
  app = await startTestApp()
  token = await app.api.customer()
  const head =
    '--cut\r\nContent-Disposition: form-data; name="images"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
  start = Buffer.concat([Buffer.from(head), await buildPng()])
})
afterAll(() => app.close())

const incoming = () => fs.readdirSync(path.join(app.dataDir, 'incoming'))
const headers = (length: number) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'multipart/form-data; boundary=cut',
  'content-length': String(length),
})

test('a picture of 150 MB is refused with its first byte too many, not after it was stored', async () => {
  let sent = 0
  const status = await new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: headers(150 * MB) }
    const request = http.request(`${app.url}/api/v1/tasks`, options, (answer) => {
      resolve(answer.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.write(start)
    const more = () => {
      if (request.destroyed || sent > 140 * MB) return
      sent += MB
      request.write(Buffer.alloc(MB), () => setImmediate(more))
    }
    more()
  })
  expect(status).toBe(413)
  expect(sent).toBeLessThan(100 * MB)
  expect(incoming()).toEqual([])
})

test('a client that reads only when it has sent everything gets the refusal too', async () => {
  const length = 40 * MB
  const answer = await new Promise<string>((resolve, reject) => {
    const { port } = new URL(app.url)
    const socket = net.connect(Number(port), '127.0.0.1')
    socket.pause()
    const lines = Object.entries(headers(length)).map(([name, value]) => `${name}: ${value}`)
    socket.write(`POST /api/v1/tasks HTTP/1.1\r\nhost: x\r\n${lines.join('\r\n')}\r\n\r\n`)
    socket.write(start)
    socket.write(Buffer.alloc(length - start.length), (error) => {
      if (error) return reject(error)
      socket.on('data', (chunk: Buffer) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.resume()
    })
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 413 /)
})

test('the server goes on answering on the same connection', async () => {
  const form = new FormData()
  form.append('images', new File([new Uint8Array(start), new Uint8Array(6 * MB)], 'big.png', { type: 'image/png' }))
  for (let i = 0; i < 3; i++) {
    expect((await app.api.upload('/api/v1/tasks', form, { token })).status).toBe(413)
    expect((await app.api.get('/api/v1/tasks', { token })).status).toBe(200)
  }
  expect(incoming()).toEqual([])
})
