import { z } from 'zod'

/** The demo's form sends everything as text; missing, null and blank are the same. */
const loose = (label: string, max: number) =>
  z
    .union([z.string(), z.number(), z.boolean()], `${label}必须是文本`)
    .nullish()
    .transform((value) => String(value ?? '').trim())
    .refine((value) => value.length <= max, `${label}不能超过 ${max} 个字`)

const required = (label: string, max: number) => loose(label, max).refine((value) => value !== '', `${label}不能为空`)

const whole = (label: string, fallback: number, max = Number.MAX_SAFE_INTEGER) =>
  loose(label, 20)
    .refine((value) => /^\d*$/.test(value), `${label}必须是数字`)
    .transform((value) => (value === '' ? fallback : Number(value)))
    .refine((value) => value <= max, `${label}不能大于 ${max}`)

const flag = (label: string) =>
  loose(label, 5)
    .transform((value) => value.toLowerCase())
    .refine((value) => ['', 'true', 'false', '1', '0'].includes(value), `${label}必须是 true 或 false`)
    .transform((value) => value === 'true' || value === '1')

const uuid = loose('uuid', 64)
const MAX_CONTACTS = 1000
const DEFAULT_CONTACTS = 100

export const initBody = z.object({
  vid: loose('vid', 64),
  ip: loose('ip', 100),
  port: loose('port', 10),
  proxyType: loose('proxyType', 20),
  userName: loose('userName', 100),
  passward: loose('passward', 100),
  proxySituation: whole('proxySituation', 0),
  deverType: loose('deverType', 20).transform((value) => value || 'ipad'),
})
export const uuidBody = z.object({ uuid })
export const callbackBody = z.object({ uuid, url: loose('url', 500) })
export const codeBody = z.object({
  uuid,
  qrcodeKey: loose('qrcodeKey', 255),
  code: loose('code', 20).refine((value) => /^\d{6}$/.test(value), '验证码必须是 6 位数字'),
})
export const textBody = z.object({
  uuid,
  kf_id: whole('kf_id', 0),
  send_userid: required('send_userid', 100),
  isRoom: flag('isRoom'),
  content: required('content', 4000),
})
export const contactsBody = z.object({
  uuid,
  innerLimit: whole('innerLimit', DEFAULT_CONTACTS, MAX_CONTACTS),
  innerStrSeq: loose('innerStrSeq', 255),
  externalLimit: whole('externalLimit', DEFAULT_CONTACTS, MAX_CONTACTS),
  externalStrSeq: loose('externalStrSeq', 255),
})

export type InitBody = z.output<typeof initBody>
export type CodeBody = z.output<typeof codeBody>
export type TextBody = z.output<typeof textBody>
export type ContactsBody = z.output<typeof contactsBody>

/** Answers follow the demo and the gateway, whose own part is passed on whole. */
export const consoleAnswer = z.looseObject({})
