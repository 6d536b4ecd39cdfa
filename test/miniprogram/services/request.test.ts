import Taro from '../mocks/taro'
import { freshPhone, offline, ok, PROFILE, refuse, serve, STAFF, staffOk, staffRefuse } from '../support/server'
import { callAsCustomer, callAsStaff } from '@/services/api'
import { precheck } from '@/services/checkin'
import { queryString, send } from '@/services/request'
import { logoutCustomer } from '@/services/session'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { useConsent } from '@/stores/consent'
import { useSession } from '@/stores/session'

const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error as ApiError,
  )
const logins = (sent: { url: string }[]) => sent.filter(({ url }) => url.endsWith('/wechat/login')).length

beforeEach(freshPhone)

test('sends nothing before the privacy guide is agreed to', async () => {
  const sent = serve({})
  useConsent.setState({ agreed: false })
  expect(await failure(send({ path: '/api/v1/task-types' }))).toMatchObject({ kind: 'consent' })
  expect(sent).toHaveLength(0)
})

test('logs in once for calls that start together', async () => {
  const sent = serve({ 'GET /api/v1/tasks': () => ok({ list: [] }) })
  await Promise.all([1, 2, 3].map(() => callAsCustomer({ path: '/api/v1/tasks' })))
  expect(logins(sent)).toBe(1)
  expect(useSession.getState().profile).toEqual(PROFILE)
})

test('renews an expired token once for all calls and repeats each call once', async () => {
  useSession.setState({ customerToken: 'old' })
  const sent = serve({
    'GET /api/v1/tasks': ({ header }) =>
      header.Authorization === 'Bearer old' ? refuse(401, '登录已过期，请重新登录') : ok({ list: [] }),
  })
  await Promise.all([1, 2, 3].map(() => callAsCustomer({ path: '/api/v1/tasks' })))
  expect(logins(sent)).toBe(1)
  expect(sent.filter(({ url }) => url.endsWith('/tasks'))).toHaveLength(6)
})

test('gives up after one repetition', async () => {
  useSession.setState({ customerToken: 'old' })
  const sent = serve({ 'GET /api/v1/tasks': () => refuse(401, '请先登录') })
  expect(await failure(callAsCustomer({ path: '/api/v1/tasks' }))).toMatchObject({
    kind: 'unauthenticated',
    status: 401,
  })
  expect(sent.filter(({ url }) => url.endsWith('/tasks'))).toHaveLength(2)
  expect(logins(sent)).toBe(1)
})

test('does not log in again after an explicit logout', async () => {
  const sent = serve({})
  logoutCustomer()
  expect(await failure(callAsCustomer({ path: '/api/v1/tasks' }))).toMatchObject({ kind: 'unauthenticated' })
  expect(sent).toHaveLength(0)
})

test('types a refusal of the customer family with code, fields and trace', async () => {
  const fields = [{ path: 'device.name', message: '请填写仪器名称' }]
  serve({ 'GET /api/v1/tasks': () => refuse(400, '请求参数错误', { fields }) })
  const error = await failure(callAsCustomer({ path: '/api/v1/tasks' }))
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ kind: 'rejected', code: 'INVALID_INPUT', status: 400, fields, traceId: 't-2' })
})

test('knows the precise code by the shared sentence', async () => {
  serve({ 'POST /api/v1/tasks': () => refuse(409, '一小时内已催办过，我们正在加紧处理') })
  const error = await failure(callAsCustomer({ method: 'POST', path: '/api/v1/tasks', body: {} }))
  expect(error).toMatchObject({ code: 'REMINDED_RECENTLY', kind: 'rejected' })
})

test('knows the precise code by the reason the server gives', async () => {
  serve({ 'POST /api/v1/tasks': () => refuse(409, '稍后再催', { reasonCode: 'REMINDED_RECENTLY' }) })
  const error = await failure(callAsCustomer({ method: 'POST', path: '/api/v1/tasks', body: {} }))
  expect(error).toMatchObject({ code: 'REMINDED_RECENTLY', kind: 'rejected' })
  expect(errorText(error)).toBe('稍后再催')
})

test('tells no network, a time-out and an unreadable answer apart', async () => {
  serve({
    'GET /a': offline,
    'GET /b': () => Promise.reject({ errMsg: 'request:fail timeout' }),
    'GET /c': () => ({ status: 200, body: '<html>' }),
    'GET /d': () => ({ status: 502, body: 'bad gateway' }),
  })
  const kinds = await Promise.all(['/a', '/b', '/c', '/d'].map(async (path) => (await failure(send({ path })))?.kind))
  expect(kinds).toEqual(['network', 'timeout', 'bad-response', 'server'])
})

test('reads Retry-After of a limit', async () => {
  serve({
    'GET /a': () =>
      ({ ...(refuse(429, '操作过于频繁，请稍后再试') as object), header: { 'Retry-After': '12' } }) as never,
  })
  expect(await failure(send({ path: '/a' }))).toMatchObject({ kind: 'rate-limited', retryAfterSeconds: 12 })
})

test('sends the idempotency key and the token', async () => {
  const sent = serve({ 'POST /api/v1/tasks': () => ok({}) })
  await callAsCustomer({ method: 'POST', path: '/api/v1/tasks', body: { a: 1 }, idempotencyKey: 'key-1' })
  expect(sent[1]?.header).toMatchObject({ 'Idempotency-Key': 'key-1', Authorization: 'Bearer token-1' })
})

test('a staff 401 forgets the member of staff and opens the staff login', async () => {
  useSession.setState({ staff: STAFF, customerToken: 'customer' })
  serve({ 'GET /homecare/work-orders': () => staffRefuse(401, 'UNAUTHORIZED', '登录已过期，请重新登录') })
  expect(await failure(callAsStaff({ path: '/homecare/work-orders' }))).toMatchObject({ code: 'TOKEN_EXPIRED' })
  expect(useSession.getState().staff).toBeNull()
  expect(useSession.getState().customerToken).toBe('customer')
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/login/index' })
})

test('a refused precheck is an answer with its reason', async () => {
  useSession.setState({ staff: STAFF })
  const decision = { canCheckin: false, reasonCode: 'OUT_OF_RADIUS', distanceMeters: 150 }
  serve({ 'POST /homecare/checkin/precheck': () => staffRefuse(400, 'BAD_REQUEST', 'Checkin rejected', decision) })
  await expect(precheck({ workOrderId: 'w', latitude: 1, longitude: 2 })).resolves.toEqual(decision)
})

test('reads the staff envelope', async () => {
  useSession.setState({ staff: STAFF })
  const sent = serve({ 'GET /auth/me': () => staffOk(STAFF.user) })
  await expect(callAsStaff({ path: '/auth/me' })).resolves.toEqual(STAFF.user)
  expect(sent[0]?.header.Authorization).toBe('Bearer staff-token')
})

test('leaves empty values out of the query', () => {
  expect(queryString({ page: 1, q: '', status: null, type: undefined, name: '液相 A' })).toBe(
    '?page=1&name=%E6%B6%B2%E7%9B%B8%20A',
  )
})
