import { z } from 'zod'

/** Events a customer can be told of by a subscribe message, the most wanted first: WeChat asks for three at a time. */
export const TEMPLATE_EVENTS = [
  'PLAN_TO_CONFIRM',
  'DONE',
  'DISPATCHED',
  'CHECKED_IN',
  'ACCEPTED',
  'CLAIMED',
  'REASSIGNED',
  'CANCELLED',
  'STEP_ENTERED',
] as const
export type TemplateEvent = (typeof TEMPLATE_EVENTS)[number]

/** What of an event a template's field may show. */
export const TEMPLATE_SOURCES = [
  'task_id',
  'type',
  'device_name',
  'description',
  'step',
  'status',
  'text',
  'customer_name',
  'company',
  'address',
  'engineer_name',
  'engineer_phone',
  'time',
  'submitted_time',
] as const
export type TemplateSource = (typeof TEMPLATE_SOURCES)[number]

export interface MessageTemplate {
  templateId: string
  /** Page that the message opens; `{task_id}` stands for the task's number. Empty: none. */
  page: string
  /** Field of the template (`thing1`) → what it shows. */
  fields: Record<string, TemplateSource>
}
export type MessageTemplates = Partial<Record<TemplateEvent, MessageTemplate>>

/** Minutes after midnight in Asia/Shanghai; `from` may be later than `to`. Null: none. */
export type QuietHours = { from: number; to: number } | null

/** WeChat's kinds of fields, and what of ours can stand in one that takes no free text. */
const KINDS: Record<string, readonly TemplateSource[] | null> = {
  thing: null,
  character_string: ['task_id', 'engineer_phone'],
  time: ['time', 'submitted_time'],
  date: ['time', 'submitted_time'],
  phone_number: ['engineer_phone'],
  name: ['customer_name', 'engineer_name'],
  phrase: ['type', 'step', 'status'],
}
const FIELD = new RegExp(`^(${Object.keys(KINDS).join('|')})\\d{1,2}$`)
const PAGE = /^[\w-]+(\/[\w-]+)*(\?[\w=&{}%.-]*)?$/

interface KeyIssue {
  code?: string
  keys?: readonly string[]
  issues?: readonly { message?: string }[]
}
/** A key's own fault is said of the key. */
const objectOf =
  (message: string, names = '') =>
  (issue: KeyIssue) => {
    if (issue.code === 'unrecognized_keys') return `${issue.keys?.join(', ')}: its names must be of ${names}`
    return issue.code === 'invalid_key' ? issue.issues?.[0]?.message : message
  }

const fields = z
  .record(
    z.string().regex(FIELD, `must be one of WeChat's kinds (${Object.keys(KINDS).join(', ')}) and a number`),
    z.enum(TEMPLATE_SOURCES, { error: `must be one of ${TEMPLATE_SOURCES.join(', ')}` }),
    { error: objectOf('must be an object of field names') },
  )
  .check(({ value, issues }) => {
    if (Object.keys(value).length === 0)
      issues.push({ code: 'custom', message: 'must name at least one field', input: value })
    for (const [field, source] of Object.entries(value)) {
      const fitting = KINDS[field.replace(/\d+$/, '')]
      if (fitting && !fitting.includes(source))
        issues.push({
          code: 'custom',
          path: [field],
          message: `can show only ${fitting.join(', ')}`,
          input: source,
        })
    }
  })

const template = z
  .object({
    template_id: z.string('must be text').min(1, 'must not be empty').max(64, 'is too long'),
    page: z.string('must be text').regex(PAGE, 'must look like pages/task/index?id={task_id}').optional(),
    fields,
  })
  .transform(({ template_id, page = '', ...rest }): MessageTemplate => ({ templateId: template_id, page, ...rest }))

const CLOCK = String.raw`([01]?\d|2[0-3]):([0-5]\d)`
const SPAN = new RegExp(`^${CLOCK}-${CLOCK}$`)

export const messageVariables = {
  WECHAT_TEMPLATES: z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(
      z.partialRecord(z.enum(TEMPLATE_EVENTS), template, {
        error: objectOf('must be a JSON object of events', TEMPLATE_EVENTS.join(', ')),
      }),
    )
    .optional(),
  QUIET_HOURS: z
    .string()
    .regex(SPAN, 'must look like 22:00-08:00')
    .transform((value): QuietHours => {
      const [h1, m1, h2, m2] = SPAN.exec(value)!.slice(1).map(Number) as [number, number, number, number]
      const span = { from: h1 * 60 + m1, to: h2 * 60 + m2 }
      return span.from === span.to ? null : span
    })
    .optional(),
}

const TASK_PAGE = 'pages/task/index?id={task_id}'
const PROGRESS = {
  templateId: 'sandbox-template-progress',
  page: TASK_PAGE,
  fields: { character_string1: 'task_id', thing2: 'device_name', thing3: 'text', time4: 'time' },
} as const satisfies MessageTemplate

/** For the sandbox: nobody has templates of their own there. */
export const SANDBOX_TEMPLATES: MessageTemplates = {
  DISPATCHED: PROGRESS,
  REASSIGNED: PROGRESS,
  CLAIMED: PROGRESS,
  CHECKED_IN: {
    ...PROGRESS,
    templateId: 'sandbox-template-arrival',
    fields: { thing1: 'device_name', name2: 'engineer_name', thing3: 'address', time4: 'time' },
  },
  PLAN_TO_CONFIRM: {
    templateId: 'sandbox-template-plan',
    page: TASK_PAGE,
    fields: { character_string1: 'task_id', thing2: 'device_name', thing3: 'text', phrase4: 'step' },
  },
  DONE: {
    templateId: 'sandbox-template-done',
    page: 'pages/evaluate/index?id={task_id}',
    fields: { character_string1: 'task_id', thing2: 'device_name', thing3: 'engineer_name', date4: 'time' },
  },
}
