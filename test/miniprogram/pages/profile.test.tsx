import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import ProfilePage from '@/pages/profile/index'
import { useSession } from '@/stores/session'
import Taro from '../mocks/taro'
import { answerButton } from '../mocks/taro-components'
import { freshPhone, offline, ok, PROFILE, refuse, serve } from '../support/server'

const type = (label: string, value: string) => {
  const field = screen.getByText(label).closest('.field')?.querySelector('input') as HTMLInputElement
  fireEvent.change(field, { target: { value } })
}

beforeEach(freshPhone)

test('shows a skeleton, then the profile', async () => {
  serve({ 'GET /api/v1/user/profile': () => ok(PROFILE) })
  render(<ProfilePage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  expect(await screen.findByText('海淀区食品检验所')).toBeTruthy()
  expect(screen.getByText('138 0013 8000')).toBeTruthy()
})

test('a newcomer is told why to fill it in', async () => {
  serve({ 'GET /api/v1/user/profile': () => ok({ ...PROFILE, contact: '', name: '', phone: '', address: '' }) })
  render(<ProfilePage />)
  expect(await screen.findByText('完善资料后，提交需求时会自动填写')).toBeTruthy()
})

test('shows a failure with a retry, and the links stay', async () => {
  serve({ 'GET /api/v1/user/profile': offline })
  render(<ProfilePage />)
  expect(await screen.findByText('重新加载')).toBeTruthy()
  expect(screen.getByText('工程师 / 调度员入口')).toBeTruthy()
})

test('checks every field before the network', async () => {
  const sent = serve({ 'GET /api/v1/user/profile': () => ok({ ...PROFILE, contact: '', name: '', address: '' }) })
  render(<ProfilePage />)
  fireEvent.click(await screen.findByText('保存'))
  type('电子邮箱', 'not-an-address')
  type('联系电话', '12')
  fireEvent.click(screen.getByText('保存'))
  for (const message of [
    '请填写联系人',
    '请填写公司名称',
    '请填写联系地址',
    '邮箱格式不正确',
    '请填写正确的手机号或座机号',
  ]) {
    expect(screen.getByText(message)).toBeTruthy()
  }
  expect(sent.filter(({ method }) => method === 'PUT')).toHaveLength(0)
})

test('saves what was typed', async () => {
  const sent = serve({
    'GET /api/v1/user/profile': () => ok(PROFILE),
    'PUT /api/v1/user/profile': ({ data }) => ok({ ...PROFILE, ...data }),
  })
  render(<ProfilePage />)
  await screen.findByText('海淀区食品检验所')
  type('公司名称', ' 中心实验室 ')
  fireEvent.click(screen.getByText('保存'))
  expect(await screen.findByText('资料已保存')).toBeTruthy()
  expect(sent.find(({ method }) => method === 'PUT')?.data).toMatchObject({ name: '中心实验室', email: null })
  expect(screen.getByText('中心实验室')).toBeTruthy()
})

test('shows what the server refused at its field', async () => {
  serve({
    'GET /api/v1/user/profile': () => ok(PROFILE),
    'PUT /api/v1/user/profile': () =>
      refuse(400, '请求参数错误', { fields: [{ path: 'phone', message: '联系电话格式不正确' }] }),
  })
  render(<ProfilePage />)
  fireEvent.click(await screen.findByText('保存'))
  expect(await screen.findByText('联系电话格式不正确')).toBeTruthy()
})

test("takes the phone number from WeChat's button", async () => {
  serve({
    'GET /api/v1/user/profile': () => ok(PROFILE),
    'POST /api/v1/wechat/phone': () => ok({ phone: '13912345678', userInfo: { ...PROFILE, phone: '13912345678' } }),
  })
  render(<ProfilePage />)
  answerButton((await screen.findByText('微信手机号')).closest('button') as HTMLElement, 'getphonenumber', {
    code: 'phone-code',
  })
  expect(await screen.findByText('139 1234 5678')).toBeTruthy()
  expect(useSession.getState().profile?.phone).toBe('13912345678')
})

test('logging out clears this phone and waits for a tap to log in again', async () => {
  const sent = serve({ 'GET /api/v1/user/profile': () => ok(PROFILE) })
  render(<ProfilePage />)
  await screen.findByText('海淀区食品检验所')
  fireEvent.click(screen.getByText('退出登录'))
  fireEvent.click(screen.getAllByText('退出登录').pop() as HTMLElement)
  const login = await screen.findByText('微信一键登录')
  expect(
    Taro.getStorageInfoSync().keys.filter((key: string) => /customerToken|customerProfile|submitDraft/.test(key)),
  ).toEqual([])
  const before = sent.length
  fireEvent.click(login)
  await waitFor(() => expect(screen.getByText('海淀区食品检验所')).toBeTruthy())
  expect(sent[before]?.url).toContain('/wechat/login')
})

const pickAvatar = async () => {
  Taro.uploadFile.mockImplementation(() =>
    Object.assign(
      Promise.resolve({
        statusCode: 200,
        data: JSON.stringify({ code: 200, message: '', data: { file_id: 'avatar-1', url: '/api/v1/files/a?sig=1' } }),
      }),
      { progress: jest.fn(), abort: jest.fn() },
    ),
  )
  answerButton(await screen.findByLabelText('更换头像'), 'chooseavatar', { avatarUrl: '/tmp/avatar.jpg' })
}

test('a chosen picture is kept at once', async () => {
  const sent = serve({
    'GET /api/v1/user/profile': () => ok(PROFILE),
    'PUT /api/v1/user/profile': () => ok({ ...PROFILE, wechat_avatar_url: '/api/v1/files/a?sig=2' }),
  })
  render(<ProfilePage />)
  await pickAvatar()
  await waitFor(() => expect(sent.find(({ method }) => method === 'PUT')?.data.avatar_file_id).toBe('avatar-1'))
  await waitFor(() =>
    expect(document.querySelector('.avatar__image')?.getAttribute('src')).toBe('https://api.test/api/v1/files/a?sig=2'),
  )
})

test("a newcomer's picture goes with the first save", async () => {
  const sent = serve({
    'GET /api/v1/user/profile': () => ok({ ...PROFILE, address: '' }),
    'PUT /api/v1/user/profile': ({ data }) => ok({ ...PROFILE, ...data }),
  })
  render(<ProfilePage />)
  await pickAvatar()
  expect(await screen.findByText('头像已上传，填写联系资料并保存后生效')).toBeTruthy()
  expect(sent.filter(({ method }) => method === 'PUT')).toHaveLength(0)
  type('联系地址', '中关村南大街 5 号')
  fireEvent.click(screen.getByText('保存'))
  await waitFor(() => expect(sent.find(({ method }) => method === 'PUT')?.data.avatar_file_id).toBe('avatar-1'))
})

test('a number that leads to a known customer fills what is empty', async () => {
  serve({
    'GET /api/v1/user/profile': () => ok({ ...PROFILE, name: '', address: '', phone: '' }),
    'POST /api/v1/wechat/phone': () => ok({ phone: '13912345678', userInfo: PROFILE }),
  })
  render(<ProfilePage />)
  answerButton((await screen.findByText('微信手机号')).closest('button') as HTMLElement, 'getphonenumber', {
    code: 'phone-code',
  })
  await waitFor(() => expect(screen.getByDisplayValue(PROFILE.name)).toBeTruthy())
  expect(screen.getByDisplayValue(PROFILE.address)).toBeTruthy()
  expect(screen.getByDisplayValue('13912345678')).toBeTruthy()
})

test('a place on the map becomes the address', async () => {
  serve({ 'GET /api/v1/user/profile': () => ok(PROFILE) })
  Taro.chooseLocation.mockResolvedValue({ name: '实验楼', address: '星湖街 328 号', latitude: 31.2, longitude: 120.7 })
  render(<ProfilePage />)
  fireEvent.click(await screen.findByText('地图选址'))
  await waitFor(() => expect(screen.getByDisplayValue('星湖街 328 号实验楼')).toBeTruthy())
})
