import { z } from 'zod'
import {
  CLOUD_INCOMING,
  CLOUD_METHODS,
  type CloudCaller,
  type CloudForward,
  type CloudMessage,
  type CloudMessageResult,
  isCloudPath,
} from '../../../types/cloud'
import { oneOf, text } from '../../http/fields'

export const callerBody = z.object({
  openid: text('openid', 128),
  unionid: text('unionid', 128).optional(),
  address: z.union([z.ipv4(), z.ipv6()], '网络地址格式不正确').optional(),
}) satisfies z.ZodType<CloudCaller>

/** `cloud://<environment>.<bucket>/incoming/<path>`: what the mini-program uploaded, and nothing else that lies there. */
const incomingFile = text('云文件', 500).regex(
  new RegExp(`^cloud://[a-z0-9-]+\\.[\\w-]+/${CLOUD_INCOMING}[\\w-]+(?:\\.[\\w-]+)*$`),
  '不是由小程序上传的云文件',
)

export const forwardBody = z.object({
  caller: callerBody,
  method: oneOf('请求方法', CLOUD_METHODS),
  path: text('路径', 500).refine(isCloudPath, '该路径不能经云函数访问'),
  query: z.record(z.string(), z.string()).optional(),
  authorization: z.string().max(4000).optional(),
  idempotencyKey: z.string().max(200).optional(),
  data: z.unknown().optional(),
  dataFile: incomingFile.optional(),
  file: z.object({ fileID: incomingFile, name: z.string().max(1000) }).optional(),
}) satisfies z.ZodType<CloudForward>

export const maintenance = z.object({
  list: z.array(z.object({ name: z.string(), result: z.enum(['ok', 'failed', 'elsewhere', 'running']) })),
})

export const messageBatch = z.object({
  list: z.array(
    z.object({
      id: z.string(),
      openid: z.string(),
      templateId: z.string(),
      fields: z.record(z.string(), z.string()),
      page: z.string().optional(),
    }) satisfies z.ZodType<CloudMessage>,
  ),
})

export const messageResults = z.object({
  results: z
    .array(
      z.object({
        id: text('编号', 36),
        ok: z.boolean(),
        errcode: z.number().int().optional(),
        error: z.string().max(1000).optional(),
      }) satisfies z.ZodType<CloudMessageResult>,
    )
    .max(100),
})
