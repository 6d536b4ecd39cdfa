import { z } from 'zod'
import { DEFAULT_QR_SECONDS } from './constants'

const code = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number)

/** `errcode` decides, also when an `errorcode` stands beside it; some answers carry only the latter. */
export const gatewayAnswer = z
  .looseObject({ errcode: code.nullish(), errorcode: code.nullish(), errmsg: z.string().nullish() })
  .refine((answer) => (answer.errcode ?? answer.errorcode ?? null) !== null, 'no errcode')
  .transform((answer) => ({
    errcode: answer.errcode ?? answer.errorcode ?? 0,
    errmsg: answer.errmsg ?? '',
    data: (answer as { data?: unknown }).data ?? null,
  }))

/** `is_login: "false"`, `isLogin: false`, `1` … */
export const truthy = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(true|1)$/i.test(value.trim()))

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value)))
const flag = z.unknown().optional().transform(truthy)

export const initData = z
  .object({ uuid: text, is_login: flag, isLogin: flag })
  .transform((data) => ({ uuid: data.uuid, isLogin: data.is_login || data.isLogin }))

const fileNameOf = (url: string): string =>
  /([^/?#]+)(?:[?#][^]*)?$/.exec(url)?.[1]?.replace(/\.(png|jpe?g|gif|bmp|webp)$/i, '') ?? ''

const keyIn = (url: string) => (/^https?:/.test(url) ? fileNameOf(url) : '')

/** The key may have any of four names, or be only the file name of the picture's address. */
export const qrData = z
  .object({
    qrcode: text,
    qrcode_data: text,
    Ttl: z.coerce.number().positive().optional().catch(undefined),
    ttl: z.coerce.number().positive().optional().catch(undefined),
    Key: text,
    key: text,
    qrcodeKey: text,
    qrcode_key: text,
  })
  .transform((data) => ({
    qrcode: data.qrcode || pictureOf(data.qrcode_data),
    /** The code itself; empty where only its address was given. */
    picture: pictureOf(data.qrcode_data),
    qrcodeKey: firstOf(data.Key, data.key, data.qrcodeKey, data.qrcode_key, keyIn(data.qrcode)),
    ttlSeconds: data.Ttl ?? data.ttl ?? DEFAULT_QR_SECONDS,
  }))

const pictureOf = (base64: string) =>
  !base64 || base64.startsWith('data:') ? base64 : `data:image/png;base64,${base64}`

const firstOf = (...texts: (string | undefined)[]): string => texts.find(Boolean) ?? ''

const person = z
  .object({
    userid: text,
    userId: text,
    nickname: text,
    corp_name: text,
    corpName: text,
    isLogin: z.unknown().optional(),
    object: z.object({ userid: text, nickname: text, corp_name: text }).nullish().catch(null),
  })
  .transform((who) => ({
    isLogin: who.isLogin === undefined || who.isLogin === null ? null : truthy(who.isLogin),
    vid: firstOf(who.userid, who.userId, who.object?.userid),
    nickname: firstOf(who.nickname, who.object?.nickname),
    corpName: firstOf(who.corp_name, who.corpName, who.object?.corp_name),
  }))

type Person = z.output<typeof person>

/** `busy`: the gateway's own link is being made or repaired. */
export type RunStatus = 'online' | 'busy' | 'waiting' | 'offline'

const BUSY_LINKS = ['CONNECTING', 'HANDSHAKING', 'RECONNECTING']

/** Both dialects: `loginType` with `user_info`, `longLinkState` with `userInfo`, or a mixture of them. */
export const runClientData = z
  .object({
    loginType: z.coerce.number().int().nullish().catch(null),
    longLinkState: z.string().nullish().catch(null),
    user_info: person.nullish().catch(null),
    userInfo: person.nullish().catch(null),
  })
  .transform(({ loginType, longLinkState, user_info, userInfo }) => {
    const people = [user_info, userInfo].flatMap((who) => who ?? [])
    const first = (name: 'vid' | 'nickname' | 'corpName') => people.find((who) => who[name])?.[name] ?? ''
    return {
      vid: first('vid'),
      nickname: first('nickname'),
      corpName: first('corpName'),
      status: statusOf(loginType ?? null, (longLinkState ?? '').toUpperCase(), people[0] ?? null),
    }
  })

function statusOf(loginType: number | null, link: string, who: Person | null): RunStatus {
  if (link === 'CLOSED') return 'offline'
  if (BUSY_LINKS.includes(link)) return 'busy'
  if (loginType !== null) return byLoginType(loginType, who?.isLogin !== false)
  if (link !== 'CONNECTED') return who?.isLogin ? 'online' : 'offline'
  return isIn(who) ? 'online' : 'waiting'
}

/** Somebody is named, and not as logged out. */
const isIn = (who: Person | null) => who !== null && (who.isLogin ?? who.vid !== '')

/** 0 not initialised, 1 waiting, 2 logged in. */
function byLoginType(loginType: number, mayBeIn: boolean): RunStatus {
  if (loginType === 1) return 'waiting'
  return loginType === 2 && mayBeIn ? 'online' : 'offline'
}

const running = z.object({ isLogin: flag, uuid: text })

/** `[{ "<vid>": { isLogin, uuid, … } }]`, or one object of that kind. */
export function runningClients(data: unknown): { vid: string; uuid: string; isLogin: boolean }[] {
  const list = (Array.isArray(data) ? data : [data]).filter((item) => typeof item === 'object' && item !== null)
  return list.flatMap((item) =>
    Object.entries(item as object).flatMap(([vid, value]) => {
      const parsed = running.safeParse(value)
      return parsed.success && parsed.data.uuid ? [{ vid, ...parsed.data }] : []
    }),
  )
}

/** One page of contacts; `nextSeq` is empty after the last. */
export const contactsData = z
  .object({ list: z.array(z.unknown()).nullish(), strSeq: text, seq: text, nextSeq: text })
  .nullish()
  .transform((data) => ({ list: data?.list ?? [], nextSeq: data?.nextSeq || data?.strSeq || data?.seq || '' }))
