import { z } from 'zod'
import {
  type ExternalEndpointRow,
  type ExternalSystemRow,
  SESSION_STATES,
  SESSION_STATUSES,
} from '../../../types/api/admin-external'
import { PROFILE_NAMES } from '../../connectors/external-site/profiles'
import { filterFlag, filterText, integer, listOf, oneOf, optionalText, pageQuery, text } from '../../http/fields'

/** Words of our own addresses, which a system's name would be taken for. */
const RESERVED = new Set(['systems', 'sessions', 'challenges', 'logs', 'pulls', 'work-orders', 'endpoints', 'profiles'])
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const

const systemName = text('系统标识', 100)
  .refine((value) => !/[/\\?#%]/.test(value), '系统标识不能含有 / \\ ? # %')
  .refine((value) => !RESERVED.has(value.toLowerCase()), '系统标识是保留字')

const baseUrl = text('系统地址', 500)
  .refine(isHttpUrl, '系统地址必须是 http 或 https 地址，不含账号和参数')
  .transform((value) => value.replace(/\/+$/, ''))

function isHttpUrl(value: string): boolean {
  try {
    const url = new URL(value)
    const plain = !url.username && !url.password && !url.search && !url.hash
    return plain && (url.protocol === 'http:' || url.protocol === 'https:')
  } catch {
    return false
  }
}

const endpointFields = {
  name: text('接口名称', 100),
  endpoint: text('接口路径', 255).refine((value) => /^\/(?![/\\])/.test(value), '接口路径必须以一个 / 开头'),
  http_method: oneOf('请求方法', METHODS).default('GET'),
  require_auth: z.boolean('是否需要登录必须是 true 或 false').optional(),
  description: optionalText('接口说明', 2000).optional(),
}
const endpointInput = z.object(endpointFields, '接口必须是对象')
export type EndpointInput = z.infer<typeof endpointInput>

const account = text('登录账号', 100).refine((value) => !/[/\\?#%]/.test(value), '登录账号不能含有 / \\ ? # %')
const password = z
  .string('密码必须是文本')
  .min(1, '密码不能为空')
  .max(200, '密码不能超过 200 个字')
  .refine((value) => value.isWellFormed(), '密码含有无法保存的字符')
const overrides = z.record(z.string(), z.unknown(), '覆盖配置必须是对象')

const common = {
  base_url: baseUrl,
  profile: oneOf('配置模板', PROFILE_NAMES),
  lock_threshold: integer('锁定阈值', 1, 100),
  check_interval_seconds: integer('检查间隔', 1, 86_400),
  pull_interval_seconds: integer('拉取间隔', 10, 604_800).nullable(),
  is_active: z.boolean('是否启用必须是 true 或 false'),
}

export const systemBody = z.object({
  system_name: systemName,
  ...common,
  overrides: overrides.default({}),
  endpoints: listOf('接口', endpointInput, 50).default([]),
  accounts: listOf('账号', z.object({ account, password }, '账号必须是对象'), 50).default([]),
  lock_threshold: common.lock_threshold.default(5),
  check_interval_seconds: common.check_interval_seconds.default(300),
  pull_interval_seconds: common.pull_interval_seconds.default(null),
  is_active: common.is_active.default(true),
})
export type SystemInput = z.infer<typeof systemBody>

/** A system as it may be before it is saved: passwords left out are those that are saved. */
export const systemDraft = systemBody.extend({
  accounts: listOf('账号', z.object({ account, password: password.optional() }, '账号必须是对象'), 50).default([]),
})

/** Fields left out stay as they are; accounts and endpoints named are added or changed, the others stay. */
export const systemChanges = z
  .object({
    system_name: systemName,
    ...common,
    overrides,
    endpoints: listOf('接口', endpointInput, 50),
    accounts: listOf('账号', z.object({ account, password: password.optional() }, '账号必须是对象'), 50),
  })
  .partial()
export type SystemChanges = z.infer<typeof systemChanges>

export const endpointBody = endpointInput
export const endpointChanges = z.object(endpointFields).partial()
export type EndpointChanges = z.infer<typeof endpointChanges>

export const systemParams = z.object({ system: text('系统标识', 100) })
export const endpointParams = systemParams.extend({ id: text('接口编号', 36) })
export const accountParams = systemParams.extend({ account: text('登录账号', 100) })
export const systemQuery = z.object({
  ...pageQuery(20),
  q: filterText('搜索内容'),
  active: filterFlag('是否启用'),
})

export const endpointView = z.object({
  id: z.string(),
  system_name: z.string(),
  name: z.string(),
  endpoint: z.string(),
  http_method: z.string(),
  require_auth: z.boolean(),
  description: z.string().nullable(),
}) satisfies z.ZodType<ExternalEndpointRow>

/** What a shipped profile assumes, for whoever overrides it. */
export const profileView = z.object({
  name: z.enum(PROFILE_NAMES),
  profile: z.record(z.string(), z.unknown()),
  endpoints: z.array(endpointView.omit({ id: true, system_name: true })),
})

/** No password is ever part of an answer. */
export const systemView = z.object({
  id: z.string(),
  system_name: z.string(),
  base_url: z.string(),
  profile: z.string(),
  overrides: z.record(z.string(), z.unknown()),
  endpoints: z.array(endpointView),
  accounts: z.array(
    z.object({
      account: z.string(),
      status: z.enum(SESSION_STATUSES),
      state: z.enum(SESSION_STATES),
    }),
  ),
  lock_threshold: z.number().int(),
  check_interval_seconds: z.number().int(),
  pull_interval_seconds: z.number().int().nullable(),
  next_pull_at: z.string().nullable(),
  /** Newest time of an order that a complete pull has seen, as the site writes it. */
  watermark: z.string().nullable(),
  is_active: z.boolean(),
  create_time: z.string(),
  update_time: z.string(),
}) satisfies z.ZodType<ExternalSystemRow>
