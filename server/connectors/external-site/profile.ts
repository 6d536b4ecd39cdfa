import { z } from 'zod'

/**
 * How a site is logged in to and read: everything that differs between sites, as data. Paths are dotted (`data.list`).
 * Texts are looked for without regard to case; there are no patterns, so that none can hang the server.
 */
const path = z.string().max(100)
const texts = z.array(z.string().min(1).max(100)).max(30)
const field = z.string().max(100)
const values = z.array(z.union([z.string(), z.number(), z.boolean()])).max(10)

const jsonTest = z.strictObject({ path, equals: values })
const test = z.strictObject({ status: z.array(z.number().int()).max(10), json: jsonTest.nullable() })

export const profileSchema = z.strictObject({
  captcha: z.strictObject({
    /** The answer is the image itself, or JSON with the image in base64 and an id. `none`: the site asks for none. */
    form: z.enum(['image', 'json', 'none']),
    kind: z.enum(['characters', 'arithmetic']),
    /** Number of characters; 0 where it varies. */
    length: z.number().int().min(0).max(12),
    imagePath: path,
    idPath: path,
    /** Where the answer can say that no captcha is needed; empty: it cannot. */
    enabledPath: path,
    /** How long a person has to answer it. */
    lifetimeSeconds: z.number().int().min(10).max(3600),
  }),
  login: z.strictObject({
    body: z.enum(['form', 'json']),
    fields: z.strictObject({ username: field, password: field, captcha: field, captchaId: field }),
    /** Sent along as they are. */
    extra: z.record(z.string(), z.string()),
    /** `rsa`: with `publicKey`, or with the one that the endpoint `public_key` answers at `publicKeyPath`. */
    password: z.enum(['plain', 'md5', 'rsa']),
    publicKey: z.string().max(2000),
    publicKeyPath: path,
    success: test,
    messagePath: path,
    /** What the message of a refusal says, asked in this order: warned, locked, captcha, password, busy. */
    says: z.strictObject({ warned: texts, locked: texts, captcha: texts, password: texts, busy: texts }),
  }),
  credential: z.strictObject({
    kind: z.enum(['cookies', 'token']),
    tokenPath: path,
    header: field,
    prefix: z.string().max(20),
    /** Null: as the cookie says, else learned. */
    lifetimeSeconds: z.number().int().min(10).nullable(),
  }),
  lockout: z.strictObject({
    /** How long a lock lasts where the message does not say it. */
    minutes: z.number().int().min(1).max(10_080),
    /** Which refusals the site counts. */
    counts: z.enum(['password', 'every-refusal']),
  }),
  alive: test,
  loggedOut: z.strictObject({
    status: z.array(z.number().int()).max(10),
    json: jsonTest.nullable(),
    /** In the address of a redirect. */
    location: texts,
    /** In a page that comes in place of JSON. */
    text: texts,
  }),
  list: z.strictObject({
    pageParam: field,
    sizeParam: field,
    pageSize: z.number().int().min(1).max(1000),
    params: z.record(z.string(), z.string()),
    ok: jsonTest,
    rowsPath: path,
    totalPath: path,
    /** Where the site can list what is newer only: the parameter that takes the watermark. Empty: it cannot. */
    sinceParam: field,
    fields: z.strictObject({
      externalNo: path,
      title: path,
      content: path,
      address: path,
      contact: path,
      phone: path,
      status: path,
      time: path,
    }),
  }),
  detail: z.strictObject({ idParam: field, ok: jsonTest, dataPath: path }),
})

export type SiteProfile = z.infer<typeof profileSchema>
export type JsonTest = z.infer<typeof jsonTest>

/** `overrides` laid over a profile: objects are merged, everything else is replaced. */
export function mergeProfile(base: SiteProfile, overrides: unknown): unknown {
  return merge(base, overrides)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base
  if (!isObject(base) || !isObject(over)) return over
  const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])].filter((key) => key !== '__proto__')
  return Object.fromEntries(
    keys.map((key) => [
      key,
      merge(Object.hasOwn(base, key) ? base[key] : undefined, Object.hasOwn(over, key) ? over[key] : undefined),
    ]),
  )
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(value: unknown, dotted: string): unknown {
  if (dotted === '') return value
  return dotted
    .split('.')
    .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value)
}

/** Sites write the same code as number and as text. */
export const passes = (json: unknown, { path: at, equals }: JsonTest): boolean => {
  const found = valueAt(json, at)
  return found !== undefined && equals.some((value) => String(value) === String(found))
}
