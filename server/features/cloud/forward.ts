import type { Context, Middleware } from 'koa'
import { CLOUD_LOGIN_PATH, type CloudForward } from '../../../types/cloud'
import type { Cloudbase } from '../../connectors/cloudbase'
import { AppError, invalidField } from '../../errors/app-error'
import type { Carried, CarriedFile } from '../../http/carried'
import { readJsonBody } from '../../http/uploads'
import { validate } from '../../http/validate'
import { verifySignature } from './routes'
import { forwardBody } from './schema'
import type { CloudService } from './service'

const PATH = '/internal/cloud/forward'
const MAX_JSON_BYTES = 1024 * 1024

export interface ForwardDeps {
  cloud: CloudService
  /** Null: the server has no way to cloud storage. */
  cloudbase: Cloudbase | null
}

/**
 * A signed call of `gateway` or `storage` becomes the call it carries and goes on to that call's own route, with all its
 * checks; only the network address and the person behind it are those the function vouches for.
 */
export function forwardCloudCalls({ cloud, cloudbase }: ForwardDeps): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== PATH || ctx.method !== 'POST') return next()
    ctx.state.route = PATH
    const body = await readJsonBody(ctx)
    await verifySignature(ctx, cloud)
    const call = validate(forwardBody, body)
    if (call.path === CLOUD_LOGIN_PATH) throw invalidField('path', '请使用 /internal/cloud/login 登录')
    const { caller, dataFile, file } = call
    ctx.state.carried = {
      openid: caller.openid,
      address: caller.address,
      data: dataFile ? await readJsonFile(storageOf(cloudbase), dataFile) : call.data,
      file: file ? carriedFile(storageOf(cloudbase), file) : null,
    } satisfies Carried
    become(ctx, call)
    await next()
  }
}

/** From here on the request is the one that was carried: nothing of the carrier's own headers decides. */
function become(ctx: Context, { method, path, query, authorization, idempotencyKey }: CloudForward): void {
  const search = new URLSearchParams(query).toString()
  ctx.method = method
  ctx.url = search ? `${path}?${search}` : path
  const { headers } = ctx.req
  for (const name of ['cookie', 'authorization', 'idempotency-key', 'x-csrf-token']) delete headers[name]
  if (authorization) headers.authorization = authorization
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey
}

function storageOf(cloudbase: Cloudbase | null): Cloudbase {
  if (cloudbase) return cloudbase
  throw new AppError('UPSTREAM_DISABLED', {
    message: '云存储尚未配置：服务端没有设置 CLOUDBASE_ENV 与 CLOUDBASE_SECRET_ID、CLOUDBASE_SECRET_KEY',
  })
}

function carriedFile(cloudbase: Cloudbase, { fileID, name }: { fileID: string; name: string }): CarriedFile {
  return {
    name,
    save: (to, maxBytes) => cloudbase.save(fileID, to, maxBytes).catch((error) => explain(error, maxBytes)),
    discard: () => cloudbase.remove(fileID).catch(() => {}),
  }
}

/** A body that did not fit into the arguments of a function. */
async function readJsonFile(cloudbase: Cloudbase, fileID: string): Promise<unknown> {
  const bytes = await cloudbase.read(fileID, MAX_JSON_BYTES).catch((error) => explain(error, MAX_JSON_BYTES))
  await cloudbase.remove(fileID).catch(() => {})
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new AppError('INVALID_INPUT', { message: '请求体不是有效的 JSON', cause })
  }
}

function explain(error: unknown, maxBytes: number): never {
  const reason = (error as { detail?: { reason?: string } }).detail?.reason
  if (reason === 'too-large')
    throw new AppError('PAYLOAD_TOO_LARGE', { message: `文件超过 ${maxBytes / 1024 / 1024}MB`, cause: error })
  if (reason === 'not-found') throw invalidField('fileID', '云文件不存在或不属于本环境')
  throw error
}
