import { z } from 'zod'
import type { AdminNewStaff, AdminStaffRow } from '../../../types/api/admin'
import { STAFF_ROLES, type StaffLogin, type StaffUser } from '../../../types/api/staff'
import { email, filterFlag, filterText, oneOf, optionalText, pageQuery, recordId, text, uuid } from '../../http/fields'

export const staffUser = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(STAFF_ROLES),
  full_name: z.string(),
  org_id: z.string(),
  created_at: z.string(),
}) satisfies z.ZodType<StaffUser>
export const staffLogin = z.object({ token: z.string(), user: staffUser }) satisfies z.ZodType<StaffLogin>

const MIN_PASSWORD = 8
const MAX_PASSWORD = 128

const givenPassword = z
  .string({ error: (issue) => (issue.input == null ? '密码不能为空' : '密码必须是文本') })
  .min(1, '密码不能为空')
  .max(1000, '密码过长')
const newPassword = (label: string) =>
  z
    .string({ error: (issue) => (issue.input == null ? `${label}不能为空` : `${label}必须是文本`) })
    .min(MIN_PASSWORD, `${label}至少 ${MIN_PASSWORD} 个字符`)
    .max(MAX_PASSWORD, `${label}不能超过 ${MAX_PASSWORD} 个字符`)

export const loginBody = z.object({ email: text('邮箱', 100), password: givenPassword })
export const passwordBody = z.object({ oldPassword: givenPassword, newPassword: newPassword('新密码') })

export const staffRow = staffUser.extend({
  phone: z.string(),
  team_id: z.string().nullable(),
  wxwork_user_id: z.string().nullable(),
  is_active: z.boolean(),
  load: z.number().int(),
}) satisfies z.ZodType<AdminStaffRow>

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value)
export const staffQuery = z.object({
  ...pageQuery(20),
  role: z.preprocess(blankIsAbsent, oneOf('角色', STAFF_ROLES).optional()),
  active: filterFlag('是否在用'),
  q: filterText('搜索内容'),
})

export const newStaffBody = z.object({
  email: email('邮箱').toLowerCase(),
  password: newPassword('密码'),
  role: oneOf('角色', STAFF_ROLES),
  full_name: text('姓名', 50),
  phone: optionalText('电话', 20),
  org_id: uuid('组织').nullish(),
  team_id: optionalText('团队', 36),
  wxwork_user_id: optionalText('企业微信号', 100),
}) satisfies z.ZodType<AdminNewStaff>
export type NewStaff = z.infer<typeof newStaffBody>

/** Fields left out stay; null empties one. */
export const staffPatch = z.object({ wxwork_user_id: optionalText('企业微信号', 100).optional() })
export type StaffPatch = z.infer<typeof staffPatch>

export const staffParams = z.object({ id: recordId('员工编号') })
export const resetPasswordBody = z.object({ password: newPassword('密码') })
