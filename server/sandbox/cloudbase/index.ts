import { createHash, createHmac, randomUUID } from 'node:crypto'
import { type Sandbox, type SandboxAnswer, type SandboxRequest, startSandbox } from '../kit'
import { faultOfSignature } from './signature'
import { fieldsOf } from './multipart'

export interface CloudbaseSandboxOptions {
  port?: number
  env?: string
  secretId?: string
  secretKey?: string
  /** Called by `functions.invokeFunction`. */
  functions?: Record<string, (event: unknown) => Promise<unknown>>
}

/** An open-interface call as the sandbox took it from a function. */
export interface WxCall {
  apiName: string
  data: Buffer
  token: string
}

type Params = Record<string, unknown>

/**
 * CloudBase's HTTP endpoint (`serviceUrl`) with its object store: signatures, upload grants and temporary addresses are
 * checked as the real one does. Wire protocol: @cloudbase/node-sdk 3.18, @cloudbase/signature-nodejs 2.2.
 */
export async function startCloudbaseSandbox(options: CloudbaseSandboxOptions = {}) {
  const { env = 'sandbox-env', secretId = 'sandbox-id', secretKey = 'sandbox-key', functions = {} } = options
  const bucket = `${env}.sandbox-bucket`
  const files = new Map<string, Buffer>()
  const grants = new Map<string, string>()
  const wxCalls: WxCall[] = []
  let wxAnswer: Buffer | object = {}
  let sandbox!: Sandbox

  const fileIdOf = (path: string) => `cloud://${bucket}/${path}`
  const pathOf = (fileID: string) =>
    fileID.startsWith(`cloud://${bucket}/`) ? fileID.split('/').slice(3).join('/') : ''
  const signUrl = (path: string, until: number) =>
    createHmac('sha256', secretKey).update(`${path}\n${until}`).digest('hex')

  function downloadUrl(fileID: string, maxAge: number) {
    const path = pathOf(fileID)
    if (!files.has(path)) return { code: 'STORAGE_FILE_NONEXIST', fileID, tempFileURL: '' }
    const until = Date.now() + maxAge * 1000
    const url = `${sandbox.url}/cos/${encodeURI(path)}?t=${until}&sign=${signUrl(path, until)}`
    return { code: 'SUCCESS', fileID, tempFileURL: url }
  }

  const actions: Record<string, (params: Params) => unknown> = {
    'storage.getUploadMetadata': ({ path }) => {
      const authorization = `q-sign-algorithm=sha1&q-signature=${randomUUID()}`
      grants.set(authorization, String(path))
      const fileId = fileIdOf(String(path))
      return {
        url: `${sandbox.url}/cos/${encodeURI(String(path))}`,
        token: 'cos-token',
        authorization,
        fileId,
        cosFileId: fileId,
      }
    },
    'storage.batchGetDownloadUrl': ({ file_list }) => ({
      download_list: (file_list as { fileid: string; max_age?: number }[]).map(({ fileid, max_age = 3600 }) =>
        downloadUrl(fileid, max_age),
      ),
    }),
    'storage.batchDeleteFile': ({ fileid_list }) => ({
      delete_list: (fileid_list as string[]).map((fileID) => ({
        code: files.delete(pathOf(fileID)) ? 'SUCCESS' : 'STORAGE_FILE_NONEXIST',
        fileID,
      })),
    }),
    'functions.invokeFunction': async ({ function_name, request_data }) => {
      const run = functions[String(function_name)]
      if (!run) return null
      return { response_data: JSON.stringify(await run(JSON.parse(String(request_data || '{}')))) }
    },
  }

  async function admin(request: SandboxRequest): Promise<SandboxAnswer> {
    const form = String(request.headers['content-type']).startsWith('multipart/')
    const params = form ? fieldsOf(request.bytes, String(request.headers['content-type'])) : (request.body as Params)
    const requestId = randomUUID()
    const fault = faultOfSignature({ request, params, secretId, secretKey })
    if (fault) return { json: { code: 'SIGN_PARAM_INVALID', message: fault, requestId } }
    if (String(params.envName) !== env)
      return { json: { code: 'INVALID_ENV', message: 'unknown environment', requestId } }
    if (params.action === 'wx.openApi') return openApi(params)
    const answer = await actions[String(params.action)]?.(params)
    if (!answer) return { json: { code: 'INVALID_PARAM', message: `cannot do ${String(params.action)}`, requestId } }
    return { json: { data: answer, requestId } }
  }

  function openApi({ apiName, requestData, wxCloudApiToken }: Params): SandboxAnswer {
    wxCalls.push({ apiName: String(apiName), data: requestData as Buffer, token: String(wxCloudApiToken ?? '') })
    return Buffer.isBuffer(wxAnswer)
      ? { bytes: wxAnswer, headers: { 'content-type': 'application/octet-stream' } }
      : { json: wxAnswer }
  }

  function cos({ method, path: address, headers, query, bytes }: SandboxRequest): SandboxAnswer {
    const path = decodeURI(address.slice('/cos/'.length))
    if (method === 'PUT') {
      const granted =
        grants.get(String(headers.authorization)) === path && headers['x-cos-security-token'] === 'cos-token'
      if (!granted) return { text: xmlError('SignatureDoesNotMatch') }
      grants.delete(String(headers.authorization))
      files.set(path, bytes)
      return { text: '' }
    }
    if (Number(query.t) < Date.now() || query.sign !== signUrl(path, Number(query.t))) return { status: 403 }
    const content = files.get(path)
    if (!content) return { status: 404, text: xmlError('NoSuchKey') }
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range ?? '')) ?? []
    if (start === undefined) return { bytes: content }
    const range = `bytes ${start}-${end}/${content.length}`
    return { status: 206, bytes: content.subarray(Number(start), Number(end) + 1), headers: { 'content-range': range } }
  }

  sandbox = await startSandbox({
    port: options.port,
    handle: (request) => (request.path.startsWith('/cos/') ? cos(request) : admin(request)),
    onControl: ({ reset }) => {
      if (reset) files.clear()
    },
  })

  return {
    ...sandbox,
    env,
    secretId,
    secretKey,
    serviceUrl: `${sandbox.url}/admin`,
    files,
    wxCalls,
    /** What the next open-interface calls are answered with. */
    answerWx: (answer: Buffer | object) => {
      wxAnswer = answer
    },
    /** What `wx.cloud.uploadFile` does. @returns the fileID */
    upload: (path: string, content: Buffer): string => {
      files.set(path, content)
      return fileIdOf(path)
    },
  }
}

export type CloudbaseSandbox = Awaited<ReturnType<typeof startCloudbaseSandbox>>

const xmlError = (code: string) =>
  `<?xml version='1.0' encoding='utf-8' ?><Error><Code>${code}</Code><Message>${code}</Message>` +
  `<RequestId>${createHash('md5').update(code).digest('hex')}</RequestId><TraceId>-</TraceId></Error>`
