import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import StaffLoginPage from '@/worker/login/index'
import { useSession } from '@/stores/session'
import { fire } from '../mocks/taro'
import Taro from '../mocks/taro'
import { freshPhone, offline, serve, STAFF, staffOk, staffRefuse } from '../support/server'

const fill = (email: string, password: string) => {
  const [emailInput, passwordInput] = [...document.querySelectorAll('input')] as [HTMLInputElement, HTMLInputElement]
  fireEvent.change(emailInput, { target: { value: email } })
  fireEvent.change(passwordInput, { target: { value: password } })
}
const tapLogin = () => fireEvent.click(screen.getByText('登录'))

beforeEach(freshPhone)

test('checks both fields before the network', () => {
  const sent = serve({})
  render(<StaffLoginPage />)
  tapLogin()
  expect(screen.getByText('请填写邮箱')).toBeTruthy()
  expect(screen.getByText('请填写密码')).toBeTruthy()
  fill('worker', 'x')
  tapLogin()
  expect(screen.getByText('邮箱格式不正确')).toBeTruthy()
  expect(sent).toHaveLength(0)
})

test.each([
  ['HOMECARE_WORKER', '/worker/orders/index'],
  ['HOMECARE_DISPATCHER', '/worker/dispatch/index'],
])('a %s starts at %s', async (role, url) => {
  serve({ 'POST /auth/email-login': () => staffOk({ ...STAFF, user: { ...STAFF.user, role } }) })
  render(<StaffLoginPage />)
  fill(' worker@example.com ', 'password123')
  tapLogin()
  await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalledWith({ url }))
  expect(useSession.getState().staff?.token).toBe('staff-token')
})

test.each([
  ['wrong password', () => staffRefuse(401, 'UNAUTHORIZED', 'Invalid email or password'), '邮箱或密码不正确'],
  ['unknown account', () => staffRefuse(404, 'NOT_FOUND', 'User not found'), '没有这个账号，请核对邮箱'],
  ['too many tries', () => staffRefuse(429, 'RATE_LIMITED', '操作过于频繁，请稍后再试'), '操作过于频繁，请稍后再试'],
  ['no network', offline, '网络连接失败，请检查网络后重试'],
])('says in words: %s', async (_case, answer, sentence) => {
  serve({ 'POST /auth/email-login': answer })
  render(<StaffLoginPage />)
  fill('worker@example.com', 'password123')
  tapLogin()
  expect(await screen.findByText(sentence)).toBeTruthy()
})

test('sends one login for a double tap', async () => {
  const sent = serve({ 'POST /auth/email-login': () => new Promise<never>(() => undefined) })
  render(<StaffLoginPage />)
  fill('worker@example.com', 'password123')
  tapLogin()
  tapLogin()
  await waitFor(() => expect(sent).toHaveLength(1))
})

test('goes straight on when somebody is logged in', () => {
  useSession.setState({ staff: STAFF })
  render(<StaffLoginPage />)
  fire('show')
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/orders/index' })
})
