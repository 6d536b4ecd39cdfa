import { randomUUID } from 'node:crypto'
import { type Sandbox, type SandboxAnswer, type SandboxRequest, startSandbox } from '../kit'
import { fieldsOf } from './multipart'
import { createObjectStore } from './object-store'
import { faultOfSignature } from './signature'

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
  let sandbox!: Sandbox
  const store = createObjectStore({ bucket: `${env}.sandbox-bucket`, secretKey, url: () => sandbox.url })
  const actions = actionsOf(store, functions)
  const wxCalls: WxCall[] = []
  let wxAnswer: Buffer | object = {}

  async function admin(request: SandboxRequest): Promise<SandboxAnswer> {
    const type = String(request.headers['content-type'])
    const params = type.startsWith('multipart/') ? fieldsOf(request.bytes, type) : (request.body as Params)
    const refuse = (code: string, message: string) => ({ json: { code, message, requestId: randomUUID() } })
    const fault = faultOfSignature({ request, params, secretId, secretKey })
    if (fault) return refuse('SIGN_PARAM_INVALID', fault)
    if (String(params.envName) !== env) return refuse('INVALID_ENV', 'unknown environment')
    if (params.action === 'wx.openApi') return openApi(params)
    const answer = await actions[String(params.action)]?.(params)
    if (!answer) return refuse('INVALID_PARAM', `cannot do ${String(params.action)}`)
    return { json: { data: answer, requestId: randomUUID() } }
  }

  function openApi({ apiName, requestData, wxCloudApiToken }: Params): SandboxAnswer {
    wxCalls.push({ apiName: String(apiName), data: requestData as Buffer, token: String(wxCloudApiToken ?? '') })
    return Buffer.isBuffer(wxAnswer)
      ? { bytes: wxAnswer, headers: { 'content-type': 'application/octet-stream' } }
      : { json: wxAnswer }
  }

  sandbox = await startSandbox({
    port: options.port,
    handle: (request) => (request.path.startsWith('/cos/') ? store.handle(request) : admin(request)),
    onControl: ({ reset }) => {
      if (reset) store.files.clear()
    },
  })

  return {
    ...sandbox,
    env,
    secretId,
    secretKey,
    serviceUrl: `${sandbox.url}/admin`,
    files: store.files,
    wxCalls,
    /** What the next open-interface calls are answered with. */
    answerWx: (answer: Buffer | object) => {
      wxAnswer = answer
    },
    /** What `wx.cloud.uploadFile` does. @returns the fileID */
    upload: (path: string, content: Buffer): string => {
      store.files.set(path, content)
      return store.fileIdOf(path)
    },
  }
}

export type CloudbaseSandbox = Awaited<ReturnType<typeof startCloudbaseSandbox>>

function actionsOf(
  store: ReturnType<typeof createObjectStore>,
  functions: NonNullable<CloudbaseSandboxOptions['functions']>,
): Record<string, (params: Params) => unknown> {
  return {
    'storage.getUploadMetadata': ({ path }) => store.grant(String(path)),
    'storage.batchGetDownloadUrl': ({ file_list }) => ({
      download_list: (file_list as { fileid: string; max_age?: number }[]).map(({ fileid, max_age = 3600 }) =>
        store.downloadUrl(fileid, max_age),
      ),
    }),
    'storage.batchDeleteFile': ({ fileid_list }) => ({ delete_list: (fileid_list as string[]).map(store.remove) }),
    'functions.invokeFunction': async ({ function_name, request_data }) => {
      const run = functions[String(function_name)]
      if (!run) return null
      return { response_data: JSON.stringify(await run(JSON.parse(String(request_data || '{}')))) }
    },
  }
}
