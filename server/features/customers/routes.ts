import { customers, open } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import type { RateLimit } from '../../http/limits'
import { codeBody, customerLogin, customerProfile, phoneBinding, profileUpdate } from './schema'
import type { CustomerService } from './service'

const WECHAT_ERRORS = ['WECHAT_CODE_INVALID', 'UPSTREAM_FAILED', 'UPSTREAM_DISABLED'] as const

export function mountCustomerRoutes(
  { route }: Family,
  { customers: service, loginLimit }: { customers: CustomerService; loginLimit: RateLimit },
) {
  route(
    'post',
    '/wechat/login',
    {
      summary: '微信一键登录',
      access: open,
      body: codeBody,
      response: customerLogin,
      message: '登录成功',
      errors: [...WECHAT_ERRORS, 'WECHAT_USER_REFUSED', 'ACCOUNT_DISABLED'],
      limit: loginLimit,
    },
    ({ body }) => service.login(body.code),
  )

  route(
    'post',
    '/wechat/phone',
    {
      summary: '用手机号凭证绑定手机号',
      access: customers,
      body: codeBody,
      response: phoneBinding,
      message: '绑定成功',
      errors: [...WECHAT_ERRORS, 'CONFLICT'],
      idempotent: true,
    },
    ({ who, body, once }) => service.bindPhone(who, body.code, once),
  )

  route(
    'get',
    '/user/profile',
    { summary: '获取用户信息', access: customers, response: customerProfile, message: '获取成功' },
    ({ who }) => service.profile(who),
  )

  route(
    'put',
    '/user/profile',
    {
      summary: '更新用户信息',
      access: customers,
      body: profileUpdate,
      response: customerProfile,
      message: '更新成功',
    },
    ({ who, body }) => service.updateProfile(who, body),
  )
}
