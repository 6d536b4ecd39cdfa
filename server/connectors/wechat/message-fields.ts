/** A template field that WeChat would refuse with 47003. */
export interface FieldFault {
  field: string
  /** What the field may hold, for the log. */
  limit: string
}

interface Rule {
  limit: string
  holds: (value: string) => boolean
}

/** China has one zone and no summer time. */
const CHINA_OFFSET_MS = 8 * 3_600_000

const MAX_THING = 20

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?`
const DATE = String.raw`(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|(?:\d{4}[-/.])?\d{1,2}[-/.]\d{1,2}|\d{4}[-/.]\d{1,2})`

const length = (value: string) => [...value].length
const nameLimit = (value: string) => (/\p{Script=Han}/u.test(value) ? 10 : 20)
const digits = (value: string) => value.replace(/\D/g, '').length
const upTo = (chars: number): Rule => ({
  limit: `at most ${chars} characters`,
  holds: (value) => length(value) <= chars,
})
const matching = (pattern: string, limit: string): Rule => {
  const whole = new RegExp(`^(?:${pattern})$`, 'u')
  return { limit, holds: (value) => whole.test(value) }
}
const period = (instant: string, limit: string) => matching(`${instant}(?:~${instant})?`, limit)

/** By the field's prefix (`thing2` → `thing`). WeChat docs: subscribeMessage.send, limits of parameter values. */
const RULES: Readonly<Record<string, Rule>> = {
  thing: upTo(MAX_THING),
  number: {
    limit: 'at most 32 digits, with or without decimals',
    holds: (value) => /^-?\d+(\.\d+)?$/.test(value) && digits(value) <= 32,
  },
  letter: matching('[A-Za-z]{1,32}', 'at most 32 letters'),
  symbol: upTo(5),
  character_string: matching(String.raw`[\x20-\x7e]{1,32}`, 'at most 32 digits, letters or symbols'),
  time: period(`(?:${DATE} )?${TIME}`, 'a time such as 2026年1月1日 15:01'),
  date: period(`${DATE}(?: ${TIME})?`, 'a date such as 2026年1月1日'),
  amount: matching(String.raw`[^\d\s]?\d{1,10}(?:\.\d+)?元?`, 'at most 10 digits with a currency sign'),
  phone_number: matching(String.raw`[\d+\-() ]{1,17}`, 'at most 17 digits and signs'),
  car_number: upTo(8),
  name: {
    limit: 'at most 10 Chinese characters or 20 letters',
    holds: (value) => length(value) <= nameLimit(value),
  },
  phrase: matching(String.raw`\p{Script=Han}{1,5}`, 'at most 5 Chinese characters'),
}

const ANY: Rule = { limit: 'no line breaks', holds: () => true }

/**
 * The fields WeChat would refuse, empty where all are good.
 * @param fields template field name (`thing1`, `time3`) → value
 */
export function findFieldFaults(fields: Readonly<Record<string, string>>): FieldFault[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    if (value.trim() === '') return [{ field, limit: 'not empty' }]
    const { limit, holds } = RULES[kindOf(field)] ?? ANY
    return holds(value) && !/\p{Cc}/u.test(value) ? [] : [{ field, limit }]
  })
}

/**
 * A text of ours for a field: line breaks become spaces, and a `thing` that is too long ends in `…`. Other kinds are
 * left as they are: half a number, name or state would say something else.
 */
export function fitField(field: string, value: string): string {
  const text = value.replace(/\p{Cc}+/gu, ' ').trim()
  const chars = [...text]
  if (kindOf(field) !== 'thing' || chars.length <= MAX_THING) return text
  return `${chars.slice(0, MAX_THING - 1).join('')}…`
}

/** For a `time` or `date` field: `2026年1月1日 15:01`, in China's time. */
export function messageTime(instant: Date): string {
  const china = new Date(instant.getTime() + CHINA_OFFSET_MS)
  const clock = china.toISOString().slice(11, 16)
  return `${china.getUTCFullYear()}年${china.getUTCMonth() + 1}月${china.getUTCDate()}日 ${clock}`
}

function kindOf(field: string): string {
  return field.replace(/\d+$/, '')
}
