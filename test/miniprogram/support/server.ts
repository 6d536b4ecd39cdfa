import Taro from '../mocks/taro'
import { useConsent } from '@/stores/consent'
import { useSession } from '@/stores/session'

interface SentRequest {
  url: string
  method: string
  data?: any
  header: Record<string, string>
}
type Answer = { status: number; body: unknown; header?: Record<string, string> } | Promise<never>
type Route = (request: SentRequest) => Answer | Promise<Answer>

export const ok = (data: unknown): Answer => ({ status: 200, body: { code: 200, message: '操作成功', data } })
export const staffOk = (data: unknown): Answer => ({
  status: 200,
  body: { code: 'OK', msg: 'success', data, traceId: 't-1' },
})
export const refuse = (status: number, message: string, data: unknown = null): Answer => ({
  status,
  body: { code: status, message, data, traceId: 't-2' },
})
export const staffRefuse = (status: number, code: string, msg: string, data: unknown = null): Answer => ({
  status,
  body: { code, msg, data, traceId: 't-3' },
})
export const offline = (): Answer => Promise.reject({ errMsg: 'request:fail net::ERR_INTERNET_DISCONNECTED' })

export const PROFILE = {
  contact: '张三',
  name: '海淀区食品检验所',
  phone: '13800138000',
  address: '北京市海淀区中关村南大街 5 号',
  email: '',
  wechat_avatar_url: '',
}

/**
 * Answers `Taro.request` by `METHOD /path` (path without the query). A call nobody expected fails the test.
 * The WeChat login works unless a route replaces it. Returns every request sent.
 */
export function serve(routes: Record<string, Route>): SentRequest[] {
  const sent: SentRequest[] = []
  const all: Record<string, Route> = {
    'POST /api/v1/wechat/login': () => ok({ token: `token-${sent.length}`, userInfo: PROFILE }),
    ...routes,
  }
  Taro.request.mockImplementation(async (request: SentRequest) => {
    sent.push(request)
    const path = request.url.replace('https://api.test', '').split('?')[0]
    const route = all[`${request.method} ${path}`]
    if (!route) throw new Error(`unexpected call: ${request.method} ${request.url}`)
    const answer = await route(request)
    return { statusCode: answer.status, data: answer.body, header: answer.header ?? {} }
  })
  return sent
}

/** A phone whose owner agreed to the privacy guide and is not logged in. */
export function freshPhone(): void {
  useConsent.setState({ agreed: true, sheetOpen: false, pending: null })
  useSession.setState({ customerToken: null, profile: null, customerLoggedOut: false, staff: null })
}

export const STAFF = {
  token: 'staff-token',
  user: {
    id: '0190d0e6-fe95-4946-b189-536dc18cf9e5',
    email: 'worker@example.com',
    role: 'HOMECARE_WORKER' as const,
    full_name: '李工',
    org_id: '00000000-0000-0000-0000-000000000000',
    created_at: '2026-06-01T00:00:00.000Z',
  },
}
