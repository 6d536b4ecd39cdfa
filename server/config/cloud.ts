import { z } from 'zod'
import type { Env } from './env'

export interface CloudbaseConfig {
  /** Id of the CloudBase environment. */
  env: string
  secretId: string
  secretKey: string
  /** Where the SDK's calls go instead of Tencent's address; empty: there. */
  serviceUrl: string
}

export interface CloudConfig {
  /** Null: the server itself does not talk to CloudBase. */
  cloudbase: CloudbaseConfig | null
  storage: 'disk' | 'cloudbase'
  /** `cloud`: subscribe messages leave through the function `notify`. */
  messages: 'direct' | 'cloud'
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })

export const cloudVariables = {
  CLOUDBASE_ENV: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be the id of a CloudBase environment')
    .optional(),
  CLOUDBASE_SECRET_ID: z.string().optional(),
  CLOUDBASE_SECRET_KEY: z.string().optional(),
  CLOUDBASE_SERVICE_URL: httpUrl.optional(),
  SERVER_URL: httpUrl.optional(),
  WECHAT_MESSAGES: z.enum(['direct', 'cloud']).default('direct'),
  STORAGE: z.enum(['disk', 'cloudbase']).default('disk'),
}

const variables = z.object(cloudVariables)

/** Variables that contradict each other, each well-formed or not. */
export function cloudFaults(env: Env): string[] {
  const faults = keyFaults(env)
  if (env.WECHAT_MESSAGES === 'cloud' && !env.CLOUD_SHARED_SECRET)
    faults.push('WECHAT_MESSAGES: cloud needs CLOUD_SHARED_SECRET')
  if (env.NODE_ENV === 'production' && env.SERVER_URL?.startsWith('http:'))
    faults.push('SERVER_URL: must start with https:// in production, identities travel on it')
  return faults
}

function keyFaults({ CLOUDBASE_ENV, CLOUDBASE_SECRET_ID, CLOUDBASE_SECRET_KEY, STORAGE }: Env): string[] {
  const faults: string[] = []
  const keys = [CLOUDBASE_SECRET_ID, CLOUDBASE_SECRET_KEY].filter(Boolean).length
  if (keys === 1) faults.push('CLOUDBASE_SECRET_ID and CLOUDBASE_SECRET_KEY: set both or neither')
  if (keys > 0 && !CLOUDBASE_ENV) faults.push('CLOUDBASE_ENV: must be set where the CLOUDBASE_SECRET_… are')
  if (STORAGE === 'cloudbase' && (keys < 2 || !CLOUDBASE_ENV))
    faults.push('STORAGE: cloudbase needs CLOUDBASE_ENV, CLOUDBASE_SECRET_ID and CLOUDBASE_SECRET_KEY')
  return faults
}

export function cloudConfig(env: z.infer<typeof variables>): CloudConfig {
  const { CLOUDBASE_ENV, CLOUDBASE_SECRET_ID, CLOUDBASE_SECRET_KEY } = env
  return {
    cloudbase:
      CLOUDBASE_ENV && CLOUDBASE_SECRET_ID && CLOUDBASE_SECRET_KEY
        ? {
            env: CLOUDBASE_ENV,
            secretId: CLOUDBASE_SECRET_ID,
            secretKey: CLOUDBASE_SECRET_KEY,
            serviceUrl: env.CLOUDBASE_SERVICE_URL ?? '',
          }
        : null,
    storage: env.STORAGE,
    messages: env.WECHAT_MESSAGES,
  }
}
