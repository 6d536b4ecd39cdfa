import path from 'node:path'
import { startSandbox } from '../../server/sandbox/kit'
import { type CloudApp, CLOUD_SECRET } from '../support/cloud'

const FUNCTIONS = path.resolve(__dirname, '../../dist/cloudfunctions')

interface Invocation {
  name: string
  event: object
  /** The person who holds the phone. */
  openid: string
}

/** Where `wx.cloud` ends: runs the bundled functions as CloudBase does, and takes uploads. */
export function startCloudRuntime(app: CloudApp) {
  const { env, secretId, secretKey, serviceUrl, files } = app.cloudbase
  Object.assign(process.env, {
    SERVER_URL: app.url,
    CLOUD_SHARED_SECRET: CLOUD_SECRET,
    CLOUDBASE_SERVICE_URL: serviceUrl,
    SCF_NAMESPACE: env,
    TENCENTCLOUD_SECRETID: secretId,
    TENCENTCLOUD_SECRETKEY: secretKey,
  })
  const run = async ({ name, event, openid }: Invocation) => {
    const { main } = require(path.join(FUNCTIONS, name, 'index.js')) as {
      main(event: object, context: object): unknown
    }
    const environment = { WX_OPENID: openid, WX_APPID: 'wxdemo', WX_CONTEXT_KEYS: 'WX_OPENID,WX_APPID' }
    return main(event, { request_id: 'r', function_name: name, environment: JSON.stringify(environment) })
  }
  return startSandbox({
    handle: async ({ path: at, body, bytes }) => {
      if (at.startsWith('/upload/'))
        return { json: { fileID: app.cloudbase.upload(at.slice('/upload/'.length), bytes) } }
      if (at.startsWith('/download/')) return { bytes: files.get(at.slice('/download/'.length)) ?? Buffer.alloc(0) }
      return { json: await run(body as Invocation) }
    },
  })
}
