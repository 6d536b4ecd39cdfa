import http from 'node:http'
import { authorization } from './load'
import type { RunningServer } from './servers'

const FILE_BYTES = 5 * 1024 * 1024
const BOUNDARY = 'bench-boundary'
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
const WARM_UP = 5

/** Highest resident memory during `count` uploads of 5 MB at once, over that before them. */
export async function growthUnderUploads(server: RunningServer, count: number): Promise<number> {
  await uploads(server, WARM_UP)
  const before = await server.usage()
  await uploads(server, count)
  const after = await server.usage()
  return after.rss.peak - before.rss.now
}

async function uploads({ url }: RunningServer, count: number): Promise<void> {
  const file = Buffer.concat([PNG_SIGNATURE, Buffer.alloc(FILE_BYTES - PNG_SIGNATURE.length, 'bench')])
  const disposition = 'Content-Disposition: form-data; name="file"; filename="bench.png"'
  const head = Buffer.from(`--${BOUNDARY}\r\n${disposition}\r\nContent-Type: image/png\r\n\r\n`)
  const body = Buffer.concat([head, file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
  await Promise.all(Array.from({ length: count }, () => upload(`${url}/api/v1/files`, body)))
}

function upload(url: string, body: Buffer): Promise<void> {
  const headers = {
    authorization: authorization(1),
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': body.length,
  }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`an upload was answered ${response.statusCode}`)),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}
