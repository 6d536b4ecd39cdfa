import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CLOUD_HEADERS, cloudSigningText } from '../../types/cloud'
import { type CloudbaseSandbox, startCloudbaseSandbox } from '../../server/sandbox/cloudbase'
import { startTestApp, type TestApp, type TestAppOptions } from './test-app'

export const CLOUD_SECRET = 'a-cloud-secret-for-tests-0123456789'

/** The variables of a server that works with this CloudBase. */
export const cloudbaseEnv = ({ env, secretId, secretKey, serviceUrl }: CloudbaseSandbox) => ({
  CLOUDBASE_ENV: env,
  CLOUDBASE_SECRET_ID: secretId,
  CLOUDBASE_SECRET_KEY: secretKey,
  CLOUDBASE_SERVICE_URL: serviceUrl,
  CLOUD_SHARED_SECRET: CLOUD_SECRET,
})

/** The real app with a CloudBase beside it. */
export async function startCloudApp({ env, ...options }: TestAppOptions = {}) {
  const cloudbase = await startCloudbaseSandbox()
  const app = await startTestApp({ ...options, env: { ...cloudbaseEnv(cloudbase), ...env } })
  const close = async () => {
    await app.close()
    await cloudbase.close()
  }
  return { ...app, close, cloudbase }
}

export type CloudApp = Awaited<ReturnType<typeof startCloudApp>>

export interface Signing {
  secret?: string
  nonce?: string
  timestamp?: number
}

/** Headers as a function signs them. */
export function signedHeaders(path: string, body: string, { secret = CLOUD_SECRET, nonce, timestamp }: Signing) {
  const call = {
    method: 'POST',
    path,
    timestamp: String(timestamp ?? Date.now()),
    nonce: nonce ?? randomBytes(16).toString('hex'),
    bodyDigest: createHash('sha256').update(body).digest('hex'),
  }
  return {
    'content-type': 'application/json',
    [CLOUD_HEADERS.timestamp]: call.timestamp,
    [CLOUD_HEADERS.nonce]: call.nonce,
    [CLOUD_HEADERS.signature]: createHmac('sha256', secret).update(cloudSigningText(call)).digest('hex'),
  }
}

/** A signed call to `/internal/cloud` at the time of the app's clock. */
export async function callSigned(app: TestApp, path: string, body: unknown, signing: Signing = {}) {
  const text = JSON.stringify(body)
  const at = `/internal/cloud/${path}`
  const headers = signedHeaders(at, text, { timestamp: app.clock.now().getTime(), ...signing })
  const response = await fetch(app.url + at, { method: 'POST', headers, body: text })
  return { status: response.status, body: (await response.json()) as any }
}
