import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import SubmitPage from '@/pages/submit/index'
import { readStored, writeStored } from '@/services/storage'
import { TASK_TYPES, TASK_TYPE_RULES, DEVICE_FIELDS, type TaskType } from '@shared/task-types'
import Taro, { fire, setParams } from '../mocks/taro'
import { fieldOf, taskTypeInfos, textOf, typeInto } from '../support/customer'
import { freshPhone, offline, ok, PROFILE, refuse, serve } from '../support/server'

const BASE = {
  'GET /api/v1/task-types': () => ok({ list: taskTypeInfos }),
  'GET /api/v1/user/profile': () => ok(PROFILE),
  'GET /api/v1/subscriptions/templates': () => ok({ template_ids: ['template-1', 'template-2'] }),
  'POST /api/v1/subscriptions': () => ok({ accepted: 1 }),
}
const created = (id = 'T202611200007') => ok({ task_id: id, message: '任务已提交' })

const open = async (type: TaskType = 'repair') => {
  setParams({ type })
  const view = render(<SubmitPage />)
  await screen.findByText('提交需求')
  return view
}

const fillRepair = () => {
  typeInto('仪器名称', ' 高效液相色谱仪 ')
  typeInto('仪器类型', '色谱仪')
  typeInto('品牌', '安捷伦')
  typeInto('型号', '1260')
  typeInto('故障描述', '泵压力归零')
  typeInto('任务详细描述', '今早开机后报警 E02')
}
const submit = () => fireEvent.click(screen.getByText('提交需求'))
const postsOf = (sent: { method: string; url: string }[]) =>
  sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/api/v1/tasks')) as unknown as {
    data: any
    header: Record<string, string>
  }[]

/** Uploads answer at once with f1, f2 …; `broken` names those that fail. */
const answerUploads = (broken: number[] = []) => {
  let count = 0
  Taro.uploadFile.mockImplementation(() => {
    const id = ++count
    const result = broken.includes(id)
      ? Promise.resolve({ statusCode: 415, data: JSON.stringify({ code: 415, message: '只支持图片', data: null }) })
      : Promise.resolve({
          statusCode: 200,
          data: JSON.stringify({ code: 200, message: '', data: { file_id: `f${id}`, url: `/f${id}`, name: 'a' } }),
        })
    return Object.assign(result, { progress: jest.fn(), abort: jest.fn() })
  })
}
const pickPhotos = async (count: number) => {
  Taro.chooseMedia.mockResolvedValueOnce({
    tempFiles: Array.from({ length: count }, (_, at) => ({ tempFilePath: `/tmp/${at}.jpg`, size: 10 })),
  })
  await act(async () => void fireEvent.click(screen.getByLabelText('添加现场照片')))
}

beforeEach(() => {
  freshPhone()
  Taro.requestSubscribeMessage.mockResolvedValue({ 'template-1': 'accept', 'template-2': 'reject' })
})

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

describe('files', () => {
  test('photos and a document go with the task', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    answerUploads()
    await open()
    fillRepair()
    await pickPhotos(2)
    Taro.chooseMessageFile.mockResolvedValueOnce({ tempFiles: [{ path: '/tmp/r.pdf', name: '报告.pdf', size: 2048 }] })
    await act(async () => void fireEvent.click(screen.getByLabelText('添加附件')))
    await screen.findByText('报告.pdf')
    await waitFor(() => expect(Taro.uploadFile).toHaveBeenCalledTimes(3))
    submit()
    await waitFor(() => expect(postsOf(sent)).toHaveLength(1))
    expect(postsOf(sent)[0]?.data.file_ids).toEqual(['f1', 'f2', 'f3'])
  })

  test('a transfer under way holds the form back', async () => {
    const sent = serve(BASE)
    Taro.uploadFile.mockReturnValue(
      Object.assign(new Promise(() => undefined), { progress: jest.fn(), abort: jest.fn() }),
    )
    await open()
    fillRepair()
    await pickPhotos(1)
    submit()
    expect(screen.getByText('文件正在上传，请等待完成后再提交')).toBeTruthy()
    expect(postsOf(sent)).toHaveLength(0)
  })

  test('a failed one says why and holds the form back until it is sent again or removed', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    answerUploads([1])
    await open()
    fillRepair()
    await pickPhotos(1)
    await screen.findByText('只支持图片')
    submit()
    expect(screen.getByText('有文件没有上传成功，请重试或移除')).toBeTruthy()
    await act(async () => void fireEvent.click(screen.getByText('重试')))
    submit()
    await waitFor(() => expect(postsOf(sent)).toHaveLength(1))
  })
})

describe('the draft', () => {
  const typed = async () => {
    serve({ ...BASE })
    const view = await open()
    answerUploads()
    fillRepair()
    await pickPhotos(1)
    await waitFor(() => expect(Taro.uploadFile).toHaveBeenCalledTimes(1))
    fire('hide')
    return view
  }

  test('comes back after a kill with its text, its files and its key', async () => {
    const view = await typed()
    const before = readStored('submitDraft')
    view.unmount()
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open()
    expect(screen.getByText('已恢复上次未提交的内容')).toBeTruthy()
    expect(fieldOf('品牌').value).toBe('安捷伦')
    submit()
    await waitFor(() => expect(postsOf(sent)).toHaveLength(1))
    expect(postsOf(sent)[0]?.data.file_ids).toEqual(['f1'])
    expect(postsOf(sent)[0]?.header['Idempotency-Key']).toBe(before?.key)
    expect(readStored('submitDraft')).toBeNull()
  })

  test('is kept by itself shortly after a change', async () => {
    serve(BASE)
    await open()
    typeInto('品牌', '岛津')
    await waitFor(() => expect(readStored('submitDraft')?.values['device.brand']).toBe('岛津'))
  })

  test('an untouched form leaves nothing behind', async () => {
    serve(BASE)
    const view = await open()
    fire('hide')
    view.unmount()
    expect(readStored('submitDraft')).toBeNull()
  })

  test('names files that were lost', async () => {
    const view = await typed()
    view.unmount()
    const kept = readStored('submitDraft')!
    const [file] = kept.files
    writeStored('submitDraft', { ...kept, unsentFiles: 1, files: [{ ...file!, storedAtMs: Date.now() - 86_400_000 }] })
    await open()
    expect(screen.getByText('有 2 个文件没有传完或已过期，请重新添加')).toBeTruthy()
  })

  test('can be thrown away', async () => {
    const view = await typed()
    view.unmount()
    await open()
    fireEvent.click(screen.getByText('清空重填'))
    fireEvent.click(screen.getAllByText('清空重填').pop() as HTMLElement)
    expect(fieldOf('品牌').value).toBe('')
    expect(fieldOf('联系人').value).toBe('张三')
    expect(readStored('submitDraft')).toBeNull()
    expect(screen.queryByText('已恢复上次未提交的内容')).toBeNull()
  })
})

describe('sending', () => {
  test('asks for messages inside the tap, then shows the number', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open()
    fillRepair()
    submit()
    expect(Taro.requestSubscribeMessage).toHaveBeenCalledTimes(1)
    await waitFor(() =>
      expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/pages/submitted/index?id=T202611200007' }),
    )
    expect(postsOf(sent)[0]?.data).toMatchObject({
      type: 'repair',
      customer: { name: '张三', company: PROFILE.name, phone: PROFILE.phone, email: null, latitude: null },
      device: { name: '高效液相色谱仪', quantity: 1 },
    })
    await waitFor(() =>
      expect(sent.find(({ url }) => url.endsWith('/subscriptions'))?.data).toEqual({
        results: { 'template-1': 'accept', 'template-2': 'reject' },
      }),
    )
    expect(Taro.requestSubscribeMessage.mock.calls[0][0]).toMatchObject({ tmplIds: ['template-1', 'template-2'] })
  })

  test('nothing is asked where the server names no template', async () => {
    const none = { 'GET /api/v1/subscriptions/templates': () => ok({ template_ids: [] }) }
    serve({ ...BASE, ...none, 'POST /api/v1/tasks': () => created() })
    await open()
    fillRepair()
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    expect(Taro.requestSubscribeMessage).not.toHaveBeenCalled()
  })

  test('a double tap sends once', async () => {
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => created() })
    await open()
    fillRepair()
    submit()
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    expect(postsOf(sent)).toHaveLength(1)
    expect(Taro.requestSubscribeMessage).toHaveBeenCalledTimes(1)
  })

  test('after a lost answer the same content goes again with the same key', async () => {
    let lost = true
    const sent = serve({ ...BASE, 'POST /api/v1/tasks': () => (lost ? offline() : created()) })
    await open()
    fillRepair()
    submit()
    await screen.findByText(/再次点提交不会产生重复任务/)
    lost = false
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    const [first, second] = postsOf(sent)
    expect(second?.header['Idempotency-Key']).toBe(first?.header['Idempotency-Key'])
    expect(second?.data).toEqual(first?.data)
  })

  test('edited after a lost answer that had made the task, it finds that task instead of making another', async () => {
    let round = 0
    const sent = serve({
      ...BASE,
      'POST /api/v1/tasks': ({ data }) => {
        round++
        if (round === 1) return offline()
        if (data.description !== '今早开机后报警 E02')
          return refuse(422, '同一个 Idempotency-Key 不能用于不同的请求内容')
        return created('T1')
      },
    })
    await open()
    fillRepair()
    submit()
    await screen.findByText(/再次点提交不会产生重复任务/)
    typeInto('任务详细描述', '补充：昨天已重启')
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/pages/submitted/index?id=T1&earlier=1' }))
    expect(postsOf(sent)).toHaveLength(3)
  })

  test('the attempt survives a kill while the answer is awaited', async () => {
    serve({ ...BASE, 'POST /api/v1/tasks': () => new Promise<never>(() => undefined) })
    const view = await open()
    fillRepair()
    submit()
    fire('hide')
    view.unmount()
    expect(readStored('submitDraft')?.attempts).toHaveLength(1)
  })

  test('what the server refuses stands at its field and may be tried again', async () => {
    let bad = true
    const sent = serve({
      ...BASE,
      'POST /api/v1/tasks': () =>
        bad
          ? refuse(400, '请求参数错误', { fields: [{ path: 'device.brand', message: '品牌含有无法保存的字符' }] })
          : created(),
    })
    await open()
    fillRepair()
    submit()
    expect(await screen.findByText('品牌含有无法保存的字符')).toBeTruthy()
    expect(readStored('submitDraft')?.attempts).toEqual([])
    bad = false
    typeInto('品牌', '岛津')
    expect(screen.queryByText('品牌含有无法保存的字符')).toBeNull()
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    expect(postsOf(sent)).toHaveLength(2)
  })

  test('waits while the server still works on the same request', async () => {
    let round = 0
    serve({
      ...BASE,
      'POST /api/v1/tasks': () =>
        ++round === 1
          ? {
              ...(refuse(409, '相同的请求正在处理，请稍候') as object),
              status: 409,
              body: { code: 409, message: '相同的请求正在处理，请稍候', data: null },
              header: { 'Retry-After': '0.01' },
            }
          : created(),
    })
    await open()
    fillRepair()
    submit()
    await waitFor(() => expect(Taro.redirectTo).toHaveBeenCalled())
    expect(round).toBe(2)
  })
})
