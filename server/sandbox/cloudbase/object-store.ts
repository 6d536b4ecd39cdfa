import { createHash, createHmac, randomUUID } from 'node:crypto'
import type { SandboxAnswer, SandboxRequest } from '../kit'

interface StoreOptions {
  /** `<environment>.<name>` */
  bucket: string
  secretKey: string
  /** Where it can be reached, once it can. */
  url: () => string
}

/** The object store behind a CloudBase: uploads need a grant, downloads a signed address that ends. */
export function createObjectStore({ bucket, secretKey, url }: StoreOptions) {
  const files = new Map<string, Buffer>()
  const grants = new Map<string, string>()
  const fileIdOf = (path: string) => `cloud://${bucket}/${path}`
  const pathOf = (fileID: string) => (fileID.startsWith(fileIdOf('')) ? fileID.split('/').slice(3).join('/') : '')
  const sign = (path: string, until: number) =>
    createHmac('sha256', secretKey).update(`${path}\n${until}`).digest('hex')

  function receive(path: string, { headers, bytes }: SandboxRequest): SandboxAnswer {
    const grant = String(headers.authorization)
    if (grants.get(grant) !== path || headers['x-cos-security-token'] !== 'cos-token')
      return { text: xmlError('SignatureDoesNotMatch') }
    grants.delete(grant)
    files.set(path, bytes)
    return { text: '' }
  }

  function give(path: string, { headers, query }: SandboxRequest): SandboxAnswer {
    if (Number(query.t) < Date.now() || query.sign !== sign(path, Number(query.t))) return { status: 403 }
    const content = files.get(path)
    if (!content) return { status: 404, text: xmlError('NoSuchKey') }
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range ?? '')) ?? []
    if (start === undefined) return { bytes: content }
    const range = `bytes ${start}-${end}/${content.length}`
    return { status: 206, bytes: content.subarray(Number(start), Number(end) + 1), headers: { 'content-range': range } }
  }

  return {
    files,
    fileIdOf,
    grant(path: string) {
      const authorization = `q-sign-algorithm=sha1&q-signature=${randomUUID()}`
      grants.set(authorization, path)
      const fileId = fileIdOf(path)
      return { url: `${url()}/cos/${encodeURI(path)}`, token: 'cos-token', authorization, fileId, cosFileId: fileId }
    },
    downloadUrl(fileID: string, maxAgeSeconds: number) {
      const path = pathOf(fileID)
      if (!files.has(path)) return { code: 'STORAGE_FILE_NONEXIST', fileID, tempFileURL: '' }
      const until = Date.now() + maxAgeSeconds * 1000
      const address = `${url()}/cos/${encodeURI(path)}?t=${until}&sign=${sign(path, until)}`
      return { code: 'SUCCESS', fileID, tempFileURL: address }
    },
    remove: (fileID: string) => ({ code: files.delete(pathOf(fileID)) ? 'SUCCESS' : 'STORAGE_FILE_NONEXIST', fileID }),
    handle(request: SandboxRequest): SandboxAnswer {
      const path = decodeURI(request.path.slice('/cos/'.length))
      return request.method === 'PUT' ? receive(path, request) : give(path, request)
    },
  }
}

const xmlError = (code: string) =>
  `<?xml version='1.0' encoding='utf-8' ?><Error><Code>${code}</Code><Message>${code}</Message>` +
  `<RequestId>${createHash('md5').update(code).digest('hex')}</RequestId><TraceId>-</TraceId></Error>`
