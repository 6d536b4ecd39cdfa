import { z } from 'zod'
import type { AdminSlaRehearsal, AdminSlaRow } from '../../../types/api/admin'
import { filter, filterFlag, filterText, oneOf, optionalText, pageQuery, recordId, text } from '../../http/fields'
import { ACCURACY_KEY, isAccuracyMode, isRadius, MAX_RADIUS_METERS, RADIUS_KEY } from './rules'

const SLA_KEYS = [RADIUS_KEY, ACCURACY_KEY] as const
export const SLA_SCOPES = ['WORK_ORDER', 'ORG', 'TEAM', 'GLOBAL'] as const

const configValue = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), text('配置值', 100))

const base = z.object({
  config_key: oneOf('配置项', SLA_KEYS),
  config_value: configValue,
  scope_type: oneOf('范围类型', SLA_SCOPES),
  scope_id: optionalText('范围编号', 36),
  is_active: z.boolean('是否启用必须是 true 或 false').default(true),
})

const checked = <T extends typeof base>(schema: T) =>
  schema.superRefine((value, context) => {
    if (value.scope_type !== 'GLOBAL' && !value.scope_id)
      context.addIssue({ code: 'custom', path: ['scope_id'], message: '范围编号不能为空' })
    if (value.config_key === RADIUS_KEY && !isRadius(value.config_value))
      context.addIssue({
        code: 'custom',
        path: ['config_value'],
        message: `签到半径必须是大于 0、不超过 ${MAX_RADIUS_METERS} 的米数`,
      })
    if (value.config_key === ACCURACY_KEY && !isAccuracyMode(value.config_value))
      context.addIssue({ code: 'custom', path: ['config_value'], message: '定位精度模式必须是 document 或 strict' })
  })

export const slaBody = checked(base)
export type SlaInput = z.infer<typeof slaBody>

export const rehearseBody = checked(
  base.extend({
    days: z
      .number('天数必须是数字')
      .int('天数必须是整数')
      .min(1, '天数不能小于 1')
      .max(365, '天数不能大于 365')
      .default(30),
  }) as unknown as typeof base,
) as unknown as z.ZodType<SlaInput & { days: number }>

export const slaRow = z.object({
  id: z.string(),
  config_key: z.string(),
  config_value: z.string(),
  scope_type: z.enum(SLA_SCOPES),
  scope_id: z.string(),
  is_active: z.boolean(),
  update_time: z.string(),
}) satisfies z.ZodType<AdminSlaRow>
export const slaQuery = z.object({
  ...pageQuery(20),
  q: filterText('搜索内容'),
  config_key: filter(oneOf('配置项', SLA_KEYS)),
  scope_type: filter(oneOf('范围类型', SLA_SCOPES)),
  active: filterFlag('是否启用'),
})

export const slaInForce = z.object({
  radiusMeters: z.number(),
  radiusScope: z.enum([...SLA_SCOPES, 'DEFAULT']),
  accuracyMode: z.enum(['document', 'strict']),
})
export const inForceQuery = z.object({ workOrderId: recordId('工单编号') })

const flips = z.object({ to_refused: z.number().int(), to_accepted: z.number().int() })
export const rehearsal = z.object({
  days: z.number().int(),
  fixes: z.number().int(),
  truncated: z.boolean(),
  flips,
  teams: z.array(flips.extend({ team_id: z.string().nullable(), org_id: z.string(), fixes: z.number().int() })),
  examples: z.array(
    z.object({
      work_order_id: z.string(),
      task_id: z.string(),
      worker_name: z.string(),
      distance_meters: z.number(),
      before: z.string(),
      after: z.string(),
      time: z.string(),
    }),
  ),
}) satisfies z.ZodType<AdminSlaRehearsal>
