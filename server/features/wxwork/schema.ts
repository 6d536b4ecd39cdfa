import { z } from 'zod'
import { storable } from '../../http/fields'

/** The demo's form sends everything as text; missing, null and blank are the same. */
const loose = (label: string, max: number) =>
  z
    .union([z.string(), z.number(), z.boolean()], `${label}必须是文本`)
    .nullish()
    .transform((value) => String(value ?? '').trim())
    .refine((value) => value.length <= max, `${label}不能超过 ${max} 个字`)
    .refine(storable, `${label}含有无法保存的字符`)

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

const uuid = loose('会话 uuid', 64)
const MAX_CONTACTS = 1000
const DEFAULT_CONTACTS = 100

export const initBody = z.object({
  vid: loose('账号 vid', 64),
  ip: loose('代理 ip', 100),
  port: loose('代理端口', 10),
  proxyType: loose('代理类型', 20),
  userName: loose('代理用户名', 100),
  passward: loose('代理密码', 100),
  proxySituation: whole('代理情况', 0),
  deverType: loose('设备类型', 20).transform((value) => value || 'ipad'),
})
export const uuidBody = z.object({ uuid })
export const callbackBody = z.object({ uuid, url: loose('回调地址', 500) })
export const codeBody = z.object({
  uuid,
  qrcodeKey: loose('二维码 key', 255),
  code: loose('验证码', 20).refine((value) => /^\d{6}$/.test(value), '验证码必须是 6 位数字'),
})
export const textBody = z.object({
  uuid,
  kf_id: whole('客服编号', 0),
  send_userid: required('接收人', 100),
  isRoom: flag('是否群聊'),
  content: required('消息内容', 4000),
})
export const contactsBody = z.object({
  uuid,
  innerLimit: whole('内部联系人条数', DEFAULT_CONTACTS, MAX_CONTACTS),
  innerStrSeq: loose('内部联系人游标', 255),
  externalLimit: whole('外部联系人条数', DEFAULT_CONTACTS, MAX_CONTACTS),
  externalStrSeq: loose('外部联系人游标', 255),
})

export type InitBody = z.output<typeof initBody>
export type CodeBody = z.output<typeof codeBody>
export type TextBody = z.output<typeof textBody>
export type ContactsBody = z.output<typeof contactsBody>

/** Answers follow the demo and the gateway, whose own part is passed on whole. */
export const consoleAnswer = z.looseObject({})
