import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import MePage from '@/worker/me/index'
import { enqueue } from '@/services/offline-queue'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import Taro from '../mocks/taro'
import { offline, serve, STAFF, staffOk, staffRefuse } from '../support/server'
import { ORDER, phoneFiles, rows, staffPhone } from '../support/staff'

const LIST = 'GET /homecare/notifications'
const NOTICE = {
  id: 'n1',
  event: 'DISPATCHED',
  title: '您有新的工单',
  content: 'T202611200001 清源环境检测有限公司',
  task_id: 'order-1',
  read: false,
  create_time: '2026-11-20T02:00:00.000Z',
}
const fill = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })
const tapLast = (label: string) =>
  act(async () => void fireEvent.click(screen.getAllByText(label).pop() as HTMLElement))

beforeEach(() => {
  staffPhone()
  phoneFiles()
})

test('shows the account while messages load, and why they do not', async () => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [LIST]: () => answer() })
  const { unmount } = render(<MePage />)
  expect(screen.getByText('李工')).toBeTruthy()
  expect(screen.getByText('工程师 · worker@example.com')).toBeTruthy()
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = offline
  render(<MePage />)
  expect(await screen.findByText('网络连接失败，请检查网络后重试')).toBeTruthy()
  expect(screen.getByText('退出登录')).toBeTruthy()
  answer = () => rows([])
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('还没有消息')).toBeTruthy()
})

test('lists messages; one opens its order', async () => {
  serve({ [LIST]: () => rows([NOTICE]) })
  render(<MePage />)
  fireEvent.click(await screen.findByText('您有新的工单'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/order/index?id=order-1' })
  expect(screen.getByText('新')).toBeTruthy()
})

test('a dispatcher has no queue', async () => {
  staffPhone('HOMECARE_DISPATCHER')
  serve({ [LIST]: () => rows([]) })
  render(<MePage />)
  await screen.findByText('还没有消息')
  expect(screen.queryByText('待发送记录')).toBeNull()
  expect(screen.getByText('审核')).toBeTruthy()
})

test('logs out: the server is told, this phone forgets', async () => {
  const sent = serve({ [LIST]: () => rows([]), 'POST /auth/logout': () => staffOk({}) })
  render(<MePage />)
  fireEvent.click(screen.getByText('退出登录'))
  expect(screen.getByText('退出后需要重新输入邮箱和密码。')).toBeTruthy()
  await tapLast('退出登录')
  await waitFor(() => expect(Taro.reLaunch).toHaveBeenCalledWith({ url: '/worker/login/index' }))
  expect(useSession.getState().staff).toBeNull()
  expect(sent.some(({ url }) => url.endsWith('/auth/logout'))).toBe(true)
})

test('warns that unsent records would be lost, and keeps them when one stays', async () => {
  serve({ [LIST]: () => rows([]), 'POST /homecare/sync': offline, 'POST /auth/logout': offline })
  await enqueue({ kind: 'checkout', order: ORDER, payload: {} })
  render(<MePage />)
  expect(screen.getByText('1 条')).toBeTruthy()
  fireEvent.click(screen.getByText('退出登录'))
  expect(screen.getByText(/还有 1 条记录没有送达/)).toBeTruthy()
  fireEvent.click(screen.getByText('取消'))
  expect(useQueue.getState().entries).toHaveLength(1)
  fireEvent.click(screen.getByText('退出登录'))
  await tapLast('仍然退出')
  await waitFor(() => expect(useQueue.getState().entries).toEqual([]))
  expect(useSession.getState().staff).toBeNull()
})

describe('the password', () => {
  const openSheet = async (routes: Parameters<typeof serve>[0] = {}) => {
    const sent = serve({ [LIST]: () => rows([]), ...routes })
    render(<MePage />)
    await screen.findByText('还没有消息')
    fireEvent.click(screen.getByText('修改密码'))
    return sent
  }

  test.each([
    ['', 'longenough', 'longenough', '请填写当前密码'],
    ['password123', 'short', 'short', '新密码至少 8 个字符'],
    ['password123', 'x'.repeat(129), 'x'.repeat(129), '新密码不能超过 128 个字符'],
    ['password123', 'password123', 'password123', '新密码不能与当前密码相同'],
    ['password123', 'longenough', 'different', '两次输入的新密码不一致'],
  ])('is checked before the network: %s, %s, %s', async (old, next, repeat, words) => {
    const sent = await openSheet()
    fill('当前密码', old)
    fill('新密码', next)
    fill('再次输入新密码', repeat)
    await tapLast('保存')
    expect(screen.getByText(words)).toBeTruthy()
    expect(sent.some(({ url }) => url.endsWith('/auth/password'))).toBe(false)
  })

  const fillWell = () => {
    fill('当前密码', 'password123')
    fill('新密码', 'longenough')
    fill('再次输入新密码', 'longenough')
  }

  test('is changed and the fresh token kept', async () => {
    const sent = await openSheet({ 'POST /auth/password': () => staffOk({ ...STAFF, token: 'fresh' }) })
    fillWell()
    await tapLast('保存')
    await waitFor(() => expect(useSession.getState().staff?.token).toBe('fresh'))
    expect(sent.find(({ url }) => url.endsWith('/auth/password'))?.data).toEqual({
      oldPassword: 'password123',
      newPassword: 'longenough',
    })
    expect(screen.queryByLabelText('当前密码')).toBeNull()
  })

  test('a wrong one is said at its field', async () => {
    await openSheet({ 'POST /auth/password': () => staffRefuse(401, 'UNAUTHORIZED', 'Invalid email or password') })
    fillWell()
    await tapLast('保存')
    expect(await screen.findByText('当前密码不正确')).toBeTruthy()
    expect(useSession.getState().staff?.token).toBe('staff-token')
  })
})
