import { z } from 'zod'
import type { CustomerLogin, CustomerProfile, PhoneBinding, ProfileUpdate } from '../../../types/api/customers'
import { optionalEmail, phone, text, uuid } from '../../http/fields'

export const customerProfile = z.object({
  contact: z.string(),
  name: z.string(),
  phone: z.string(),
  address: z.string(),
  email: z.string(),
  wechat_avatar_url: z.string(),
}) satisfies z.ZodType<CustomerProfile>

export const customerLogin = z.object({
  token: z.string(),
  userInfo: customerProfile,
}) satisfies z.ZodType<CustomerLogin>
export const phoneBinding = z.object({ phone: z.string(), userInfo: customerProfile }) satisfies z.ZodType<PhoneBinding>

export const codeBody = z.object({ code: text('微信凭证', 200) })

/** Lengths are those of the company's `customer` table. */
export const profileUpdate = z.object({
  contact: text('客户姓名', 50),
  name: text('公司名称', 100),
  phone: phone('联系电话'),
  address: text('联系地址', 255),
  email: optionalEmail('电子邮箱').optional(),
  avatar_file_id: z.preprocess((value) => (value === '' ? null : value), uuid('头像文件').nullish()),
}) satisfies z.ZodType<ProfileUpdate>
export type ProfileInput = z.infer<typeof profileUpdate>
