import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { open, staff, STAFF_COOKIE } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import type { RateLimit } from '../../http/limits'
import { pageOf } from '../../http/page'
import {
  loginBody,
  newStaffBody,
  passwordBody,
  resetPasswordBody,
  staffLogin,
  staffParams,
  staffQuery,
  staffRow,
  staffUser,
} from './schema'
import type { StaffService } from './service'

const COOKIE_MAX_AGE_MS = 12 * 3600 * 1000

/** The console's cookie: not for scripts, not for other sites, and over TLS only where the site is. */
function setCookie(ctx: RouterContext, token: string | null, secure: boolean): void {
  if (secure) ctx.cookies.secure = true // TLS may end at the proxy in front of us
  const lifetime = token ? { maxAge: COOKIE_MAX_AGE_MS } : { expires: new Date(0) }
  ctx.cookies.set(STAFF_COOKIE, token ?? '', { httpOnly: true, sameSite: 'strict', secure, ...lifetime })
}

interface AuthDeps {
  staff: StaffService
  addressLimit: RateLimit
  secureCookies: boolean
}

/** `/auth` (auth-and-checkin.md 1). */
export function mountAuthRoutes({ route }: Family, { staff: service, addressLimit, secureCookies }: AuthDeps) {
  route(
    'post',
    '/email-login',
    {
      summary: '员工邮箱登录',
      access: open,
      body: loginBody,
      response: staffLogin,
      errors: ['WRONG_PASSWORD', 'USER_NOT_FOUND', 'ACCOUNT_DISABLED'],
      limit: addressLimit,
    },
    async ({ body, ctx }) => {
      const login = await service.login(body.email, body.password)
      setCookie(ctx, login.token, secureCookies)
      return login
    },
  )

  route('get', '/me', { summary: '当前员工', access: staff(), response: staffUser }, ({ who }) => service.me(who))

  route(
    'post',
    '/logout',
    { summary: '退出登录', access: staff(), response: z.object({ message: z.string() }) },
    async ({ ctx }) => {
      setCookie(ctx, null, secureCookies)
      return { message: '已退出登录' }
    },
  )

  route(
    'post',
    '/password',
    {
      summary: '修改密码，之前的登录全部失效',
      access: staff(),
      body: passwordBody,
      response: staffLogin,
      repeatable: '答复是新的登录，不会保存；重复提交时原密码已不正确，不会再改一次',
      errors: ['RATE_LIMITED'],
    },
    async ({ who, body, ctx }) => {
      const login = await service.changePassword(who, body)
      setCookie(ctx, login.token, secureCookies)
      return login
    },
  )
}

const answer = z.object({ message: z.string() })

/** `/api/v1/admin/staff` */
export function mountStaffAdminRoutes({ route }: Family, { staff: service }: { staff: StaffService }) {
  route(
    'get',
    '/admin/staff',
    {
      summary: '员工列表与在办工单数',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: staffQuery,
      response: pageOf(staffRow),
      message: '获取成功',
    },
    ({ query }) => service.list(query),
  )

  route(
    'post',
    '/admin/staff',
    {
      summary: '新增员工',
      access: staff('ADMIN'),
      body: newStaffBody,
      response: staffRow,
      message: '员工已创建',
      errors: ['EMAIL_TAKEN'],
      idempotent: true,
    },
    ({ who, body, once }) => service.create(who, body, once),
  )

  for (const [path, isActive, summary] of [
    ['/admin/staff/:id/disable', false, '停用员工'],
    ['/admin/staff/:id/enable', true, '启用员工'],
  ] as const)
    route(
      'post',
      path,
      {
        summary,
        access: staff('ADMIN'),
        params: staffParams,
        response: answer,
        errors: ['NOT_FOUND', 'CONFLICT'],
        idempotent: true,
      },
      ({ who, params, once }) => service.setActive(who, params.id, { isActive, once }),
    )

  route(
    'post',
    '/admin/staff/:id/reset-password',
    {
      summary: '重置员工密码',
      access: staff('ADMIN'),
      params: staffParams,
      body: resetPasswordBody,
      response: answer,
      errors: ['NOT_FOUND'],
      idempotent: true,
    },
    ({ who, params, body, once }) => service.resetPassword(who, params.id, { password: body.password, once }),
  )
}
