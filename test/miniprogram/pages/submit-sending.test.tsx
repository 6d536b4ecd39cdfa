import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { readStored, writeStored } from '@/services/storage'
import Taro, { fire } from '../mocks/taro'
import { fieldOf, typeInto } from '../support/customer'
import { offline, PROFILE, refuse, serve } from '../support/server'
import {
  answerUploads,
  BASE,
  created,
  fillRepair,
  open,
  pickPhotos,
  postsOf,
  submit,
  submitPhone,
} from '../support/submit'

beforeEach(submitPhone)

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
    await waitFor(() => expect(sent.some(({ url }) => url.endsWith('/subscriptions'))).toBe(true))
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
