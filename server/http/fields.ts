import { z } from 'zod'

/**
 * Building blocks of request schemas whose messages are Chinese and name the field.
 * Lengths are UTF-16 code units, as NVARCHAR counts them.
 */
type Issue = { input?: unknown; code?: string }
const missing = (input: unknown) => input === undefined || input === null || input === ''
const wrongType = (label: string, kind: string) => ({
  error: (issue: Issue) => (missing(issue.input) ? `${label}不能为空` : `${label}必须是${kind}`),
})

/** What no database column can hold the same way: NUL and half of a surrogate pair. */
export const storable = (text: string) => !text.includes('\u0000') && text.isWellFormed()

function line(label: string, max: number) {
  return z
    .string(wrongType(label, '文本'))
    .trim()
    .max(max, `${label}不能超过 ${max} 个字`)
    .refine(storable, `${label}含有无法保存的字符`)
}

/** Required text of 1 to `max` characters, outer blanks removed. */
export const text = (label: string, max: number) => line(label, max).min(1, `${label}不能为空`)

/** An id as we make them: UUIDs are the same in capitals on every engine. */
export const recordId = (label: string) => text(label, 40).transform((value) => value.toLowerCase())

/** Text that may be missing, null or blank: all three are null. */
export const optionalText = (label: string, max: number) =>
  line(label, max)
    .nullish()
    .transform((value) => value || null)

export const integer = (label: string, min: number, max: number) =>
  z
    .number(wrongType(label, '数字'))
    .int(`${label}必须是整数`)
    .min(min, `${label}不能小于 ${min}`)
    .max(max, `${label}不能大于 ${max}`)

export const number = (label: string, min: number, max: number) =>
  z.number(wrongType(label, '数字')).min(min, `${label}不能小于 ${min}`).max(max, `${label}不能大于 ${max}`)

export const latitude = (label = '纬度') => number(label, -90, 90)
export const longitude = (label = '经度') => number(label, -180, 180)

export const oneOf = <const T extends readonly [string, ...string[]]>(label: string, values: T) =>
  z.enum(values, {
    error: (issue) => (missing(issue.input) ? `${label}不能为空` : `${label}必须是 ${values.join('、')} 之一`),
  })

const PHONE = /^\+?[\d\s()-]{5,20}$/
export const phone = (label: string) =>
  text(label, 20).refine((value) => PHONE.test(value) && (value.match(/\d/g)?.length ?? 0) >= 5, `${label}格式不正确`)

/** Labels have no dot, so that there is one way to read an address and a long one takes no longer. */
const EMAIL = /^[^\s@<>"']+@([^\s@<>"'.]+\.)+[^\s@<>"'.]{2,}$/
export const email = (label: string) => text(label, 100).regex(EMAIL, `${label}格式不正确`)
export const optionalEmail = (label: string) =>
  optionalText(label, 100).refine((value) => value === null || EMAIL.test(value), `${label}格式不正确`)

const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/ // no flags: OpenAPI has none
export const uuid = (label: string) =>
  z
    .string(wrongType(label, '文本'))
    .regex(UUID, `${label}格式不正确`)
    .transform((value) => value.toLowerCase())

/** A list of at most `max` items. */
export const listOf = <T extends z.ZodType>(label: string, item: T, max: number) =>
  z.array(item, wrongType(label, '列表')).max(max, `${label}不能超过 ${max} 项`)

const SHANGHAI_OFFSET = '+08:00'
const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** An instant: ISO 8601 with a zone, or `YYYY-MM-DD HH:mm[:ss]` meant in Asia/Shanghai. */
export const instant = (label: string) =>
  z.string(wrongType(label, '时间')).transform((value, context) => {
    const parsed = parseInstant(value.trim())
    if (parsed) return parsed
    context.addIssue({ code: 'custom', message: `${label}格式不正确，例如 2026-01-31 09:30:00` })
    return z.NEVER
  })

/** The end of the year 9999 in Asia/Shanghai; SQL Server has no year after it, nor have our texts. */
const END_OF_TIME = new Date('9999-12-31T16:00:00Z')

function parseInstant(value: string): Date | null {
  const iso = LOCAL_TIME.test(value) ? `${value.replace(' ', 'T')}${SHANGHAI_OFFSET}` : value
  if (!ISO_TIME.test(iso)) return null
  const date = new Date(iso)
  const day = Number(iso.slice(8, 10))
  const [year, month] = [Number(iso.slice(0, 4)), Number(iso.slice(5, 7))]
  // JavaScript takes 31 April for 1 May.
  if (Number.isNaN(date.getTime()) || day > new Date(Date.UTC(year, month, 0)).getUTCDate() || year < 1900) return null
  return date < END_OF_TIME ? date : null
}

const queryInteger = (label: string, min: number, max: number) =>
  z
    .string(`${label}必须是整数`)
    .regex(/^\d{1,9}$/, `${label}必须是整数`)
    .transform(Number)
    .pipe(integer(label, min, max))
    .optional()

/** `?page&size` of every list. */
export const pageQuery = (defaultSize = 10) => ({
  page: queryInteger('页码', 1, 1_000_000).transform((value) => value ?? 1),
  size: queryInteger('每页条数', 1, 100).transform((value) => value ?? defaultSize),
})

/** A filter left blank is no filter. */
export const filter = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

export const filterText = (label: string, max = 100) =>
  optionalText(label, max).transform((value) => value ?? undefined)

export const filterFlag = (label: string) =>
  filter(oneOf(label, ['true', 'false']).transform((value) => value === 'true'))

export const filterInteger = (label: string, min: number, max: number) => filter(queryInteger(label, min, max))

const DAY_MS = 24 * 3600 * 1000
const DAY = /^\d{4}-\d{2}-\d{2}$/

const day = (label: string) =>
  z.string(wrongType(label, '日期')).transform((value, context) => {
    const midnight = DAY.test(value) ? parseInstant(`${value} 00:00`) : null
    if (midnight) return midnight
    context.addIssue({ code: 'custom', message: `${label}格式不正确，例如 2026-01-31` })
    return z.NEVER
  })

/** `?from&to`: days in Asia/Shanghai, both included, as the instants from which and before which. */
export const dayRange = () => ({
  from: filter(day('开始日期')),
  to: filter(day('结束日期').transform((midnight) => new Date(midnight.getTime() + DAY_MS))),
})
