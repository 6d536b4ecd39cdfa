import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import SubmitPage from '@/pages/submit/index'
import { TASK_TYPES, TASK_TYPE_RULES, DEVICE_FIELDS, type TaskType } from '@shared/task-types'
import Taro from '../mocks/taro'
import { fieldOf, taskTypeInfos, textOf, typeInto } from '../support/customer'
import { offline, ok, PROFILE, serve } from '../support/server'
import { BASE, created, fillRepair, open, postsOf, submit, submitPhone } from '../support/submit'

beforeEach(submitPhone)

describe('the page', () => {
  test('shows a skeleton while the fields load', () => {
    serve({ ...BASE, 'GET /api/v1/task-types': () => new Promise<never>(() => undefined) })
    render(<SubmitPage />)
    expect(screen.getByLabelText('正在加载')).toBeTruthy()
  })

  test('shows a failure in words and loads again', async () => {
    let broken = true
    serve({ ...BASE, 'GET /api/v1/task-types': () => (broken ? offline() : ok({ list: taskTypeInfos })) })
    render(<SubmitPage />)
    await screen.findByText('网络连接失败，请检查网络后重试')
    broken = false
    fireEvent.click(screen.getByText('重新加载'))
    expect(await screen.findByText('提交需求')).toBeTruthy()
  })

  test('says so when nothing can be submitted', async () => {
    serve({ ...BASE, 'GET /api/v1/task-types': () => ok({ list: [] }) })
    render(<SubmitPage />)
    expect(await screen.findByText('暂时没有可以提交的服务')).toBeTruthy()
  })

  test('starts from the profile', async () => {
    serve(BASE)
    await open()
    expect(fieldOf('联系人').value).toBe('张三')
    expect(fieldOf('公司名称').value).toBe('海淀区食品检验所')
    expect(fieldOf('联系电话').value).toBe('13800138000')
    expect(fieldOf('服务地址').value).toBe(PROFILE.address)
    expect(fieldOf('数量').value).toBe('1')
  })
})

describe('fields follow the type', () => {
  test.each([...TASK_TYPES])('%s', async (type) => {
    serve(BASE)
    await open(type)
    const { required, optional } = TASK_TYPE_RULES[type]
    for (const name of required) expect(textOf(DEVICE_FIELDS[name].label)).toContain('*')
    for (const name of optional) expect(textOf(DEVICE_FIELDS[name].label)).not.toContain('*')
    const shown = new Set<string>([...required, ...optional])
    for (const [name, { label }] of Object.entries(DEVICE_FIELDS))
      if (!shown.has(name)) expect(screen.queryByText(label)).toBeNull()
  })

  test('come and go, keep what was typed, and only those shown are sent', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open()
    fillRepair()
    fireEvent.click(screen.getByLabelText('安装'))
    expect(screen.queryByText('故障描述')).toBeNull()
    expect(fieldOf('品牌').value).toBe('安捷伦')
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    expect(postsOf(sent)[0]?.data).toMatchObject({ type: 'installation' })
    expect(postsOf(sent)[0]?.data.device).toEqual({
      name: '高效液相色谱仪',
      type: '色谱仪',
      brand: '安捷伦',
      model: '1260',
      quantity: 1,
    })
  })

  test('the kind of verification is chosen from those the server names', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open('verification')
    submit()
    expect(textOf('验证类别')).toContain('请选择验证类别')
    for (const label of ['仪器名称', '仪器类型', '品牌', '型号']) typeInto(label, 'x')
    typeInto('任务详细描述', '搬迁后重新验证')
    fireEvent.click(screen.getByText('OQ'))
    submit()
    await waitFor(() => expect(postsOf(sent)).toHaveLength(1))
    expect(postsOf(sent)[0]?.data.device.verification_type).toBe('OQ')
  })
})

describe('mistakes stand at their field before anything is sent', () => {
  const trySubmit = async (change: () => void, type: TaskType = 'repair') => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open(type)
    if (type === 'repair') fillRepair()
    change()
    submit()
    expect(postsOf(sent)).toHaveLength(0)
    expect(Taro.requestSubscribeMessage).not.toHaveBeenCalled()
    expect(Taro.pageScrollTo).toHaveBeenCalled()
    return sent
  }

  test.each([
    ['仪器名称', '请填写仪器名称'],
    ['仪器类型', '请填写仪器类型'],
    ['品牌', '请填写品牌'],
    ['型号', '请填写型号'],
    ['故障描述', '请填写故障描述'],
    ['数量', '请填写数量'],
    ['任务详细描述', '请填写任务详细描述'],
    ['联系人', '请填写联系人'],
    ['公司名称', '请填写公司名称'],
    ['联系电话', '请填写联系电话'],
    ['服务地址', '请填写服务地址'],
  ])('%s left blank', async (label, message) => {
    await trySubmit(() => typeInto(label, '   '))
    expect(textOf(label)).toContain(message)
    expect(screen.getByText('还有 1 处需要补充或修改')).toBeTruthy()
  })

  test.each([
    ['数量', '1.5', '数量必须是整数'],
    ['数量', '0', '数量不能小于 1'],
    ['数量', '10000', '数量不能大于 9999'],
    ['联系电话', '12345', '请填写正确的手机号或座机号'],
    ['电子邮箱', 'nobody', '邮箱格式不正确'],
    ['仪器名称', 'x'.repeat(101), '仪器名称不能超过 100 个字'],
  ])('%s with %s', async (label, value, message) => {
    await trySubmit(() => typeInto(label, value))
    expect(textOf(label)).toContain(message)
  })

  test('an appointment in the past, until it is cleared', async () => {
    await trySubmit(() => {
      fireEvent.change(screen.getByTestId('picker-date'), { target: { value: '2020-01-01' } })
    })
    expect(textOf('预约时间')).toContain('预约时间必须晚于现在')
    fireEvent.click(screen.getByText('清除预约'))
    expect(textOf('预约时间')).not.toContain('必须晚于现在')
  })

  test('a training needs an appointment', async () => {
    await trySubmit(() => undefined, 'training')
    expect(textOf('预约时间')).toContain('请选择预约时间')
  })

  test('a field says what is wrong once it was left, and is silent again when it is mended', async () => {
    serve(BASE)
    await open()
    typeInto('联系电话', '12')
    expect(textOf('联系电话')).not.toContain('请填写正确')
    fireEvent.blur(fieldOf('联系电话'))
    expect(textOf('联系电话')).toContain('请填写正确的手机号或座机号')
    typeInto('联系电话', '010-62345678')
    expect(textOf('联系电话')).not.toContain('请填写正确')
  })

  test('goes to the first mistake', async () => {
    await trySubmit(() => typeInto('品牌', ''))
    expect(Taro.pageScrollTo).toHaveBeenCalledWith(expect.objectContaining({ selector: '#at-device-brand' }))
  })
})

describe('address', () => {
  test('a place from the map brings its position, which can be dropped again', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    Taro.chooseLocation.mockResolvedValue({
      name: '苏州实验室',
      address: '星湖街 328 号',
      latitude: 31.26249,
      longitude: 120.73212,
    })
    await open()
    fillRepair()
    await act(async () => void fireEvent.click(screen.getByText('地图选址')))
    expect(fieldOf('服务地址').value).toBe('星湖街 328 号苏州实验室')
    expect(screen.getByText('已在地图上选定 31.26249, 120.73212')).toBeTruthy()
    submit()
    await waitFor(() => expect(postsOf(sent)).toHaveLength(1))
    expect(postsOf(sent)[0]?.data.customer).toMatchObject({ latitude: 31.26249, longitude: 120.73212 })
    fireEvent.click(screen.getByLabelText('移除地图位置'))
    expect(screen.queryByText(/已在地图上选定/)).toBeNull()
  })

  test('closing the map changes nothing', async () => {
    serve(BASE)
    Taro.chooseLocation.mockRejectedValue({ errMsg: 'chooseLocation:fail cancel' })
    await open()
    await act(async () => void fireEvent.click(screen.getByText('地图选址')))
    expect(fieldOf('服务地址').value).toBe(PROFILE.address)
  })
})
