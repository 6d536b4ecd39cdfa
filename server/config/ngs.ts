import { z } from 'zod'
import { TASK_TYPES, type TaskType } from '../../types/task-types'

export interface NgsConfig {
  /** Empty: the sandbox's address is filled in at start. */
  baseUrl: string
  token: string
  ds: string
  epid: string
  staffId: string
  groupId: string
  dbPool: string
  /** For customers who have none of their own. */
  customerGuid: string
  mapIds: Partial<Record<TaskType, string>>
  /** Our path → theirs. */
  fieldMap: Record<string, string>
}

/** What of a task may be sent (`NGS_FIELD_MAP`). */
export const NGS_SOURCES = [
  'id',
  'task_id',
  'type',
  'type_label',
  'description',
  'create_time',
  'origin',
  'org_id',
  'team_id',
  'customer.name',
  'customer.company',
  'customer.phone',
  'customer.address',
  'customer.email',
  'device.name',
  'device.type',
  'device.brand',
  'device.model',
  'device.fault_description',
  'device.quantity',
  'device.accessories',
  'device.appointment_time',
  'device.verification_type',
  'device.purpose',
  'device.requirement_description',
] as const
export type NgsSource = (typeof NGS_SOURCES)[number]

/** Number, type, description and contact. */
const DEFAULT_FIELD_MAP: Partial<Record<NgsSource, string>> = {
  task_id: 'objective.stringfield1',
  type_label: 'objective.stringfield2',
  description: 'objective.comments',
  'customer.name': 'objective.stringfield3',
  'customer.phone': 'objective.stringfield4',
}

/** The token that the sandbox takes when none is configured. */
export const SANDBOX_NGS_TOKEN = 'sandbox-ngs-token-not-a-real-one'
const SANDBOX: Pick<NgsConfig, 'token' | 'customerGuid' | 'mapIds'> = {
  token: SANDBOX_NGS_TOKEN,
  customerGuid: 'SANDBOX-CUSTOMER-0000',
  mapIds: Object.fromEntries(TASK_TYPES.map((type) => [type, `sandbox-${type}`])),
}

const TARGET = /^((objective|task|step)\.\w+|tabc\.\w+\.\w+)$/
const text = z.string().min(1, 'must be text')

function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)
    .optional()
}

export const ngsVariables = {
  NGS_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  NGS_TOKEN: z.string().default(''),
  NGS_DS: z.string().default(''),
  NGS_EPID: z.string().default(''),
  NGS_STAFF_ID: z.string().default(''),
  NGS_GROUP_ID: z.string().default(''),
  NGS_DB_POOL: z.string().default(''),
  NGS_CUSTOMER_GUID: z.string().default(''),
  NGS_MAP_IDS: json(
    z.partialRecord(z.enum(TASK_TYPES, { error: `its names must be of ${TASK_TYPES.join(', ')}` }), text),
  ),
  NGS_FIELD_MAP: json(
    z.partialRecord(
      z.enum(NGS_SOURCES, { error: `its names must be of ${NGS_SOURCES.join(', ')}` }),
      z.string().regex(TARGET, 'must look like objective.x, task.x, step.x or tabc.table.x'),
    ),
  ),
}

const variables = z.object(ngsVariables)
type Variables = z.infer<typeof variables>

/** HTTP takes no other characters in a header. */
const HEADER_TEXT = /^[\x20-\x7e]*$/
const HEADERS = ['NGS_TOKEN', 'NGS_DS', 'NGS_EPID', 'NGS_STAFF_ID', 'NGS_GROUP_ID', 'NGS_DB_POOL'] as const

export const ngsFaults = (env: Variables): string[] =>
  HEADERS.filter((name) => !HEADER_TEXT.test(env[name])).map((name) => `${name}: only ASCII fits into a header`)

/** Null: not configured. The sandbox needs no configuration. */
export function ngsConfig(env: Variables, live: boolean): NgsConfig | null {
  const baseUrl = env.NGS_BASE_URL ?? ''
  if (live && !baseUrl) return null
  const fallback = baseUrl ? { token: '', customerGuid: '', mapIds: {} } : SANDBOX
  return {
    baseUrl,
    token: env.NGS_TOKEN || (env.NGS_DS ? '' : fallback.token),
    ds: env.NGS_DS,
    epid: env.NGS_EPID,
    staffId: env.NGS_STAFF_ID,
    groupId: env.NGS_GROUP_ID,
    dbPool: env.NGS_DB_POOL,
    customerGuid: env.NGS_CUSTOMER_GUID || fallback.customerGuid,
    mapIds: env.NGS_MAP_IDS ?? fallback.mapIds,
    fieldMap: env.NGS_FIELD_MAP ?? DEFAULT_FIELD_MAP,
  }
}
