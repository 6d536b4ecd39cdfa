import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import TaskPage from '@/pages/task/index'
import Taro, { fire, setParams } from '../mocks/taro'
import { TASK_DETAIL, typeInto } from '../support/customer'
import { freshPhone, offline, ok, refuse, serve } from '../support/server'

const ID = TASK_DETAIL.task_id
const TASK = `GET /api/v1/tasks/${ID}`
const TIMELINE = `GET /api/v1/tasks/${ID}/timeline`
const ENTRIES = [
  { type: 'SUBMITTED', title: '任务已提交', description: '', actor: '张三', time: '2026-11-20 10:00:00' },
  { type: 'DISPATCHED', title: '已派单', description: '已安排李工', actor: '周调度', time: '2026-11-20 11:00:00' },
]
const answers = (task: object, more: object = {}) => ({
  [TASK]: () => ok(task),
  [TIMELINE]: () => ok({ list: ENTRIES }),
  ...more,
})

const open = async (task: object = TASK_DETAIL, more: object = {}) => {
  const sent = serve(answers(task, more))
  render(<TaskPage />)
  await screen.findByText('需求信息')
  return sent
}
/** The button of the open sheet. */
const confirm = (label: string) =>
  act(async () => {
    const footer = document.querySelector('.sheet__footer') as HTMLElement
    fireEvent.click(within(footer).getByText(label))
  })
const bodyOf = (sent: { method: string; url: string }[], path: string) =>
  sent.filter(({ method, url }) => method === 'POST' && url.endsWith(path)) as unknown as {
    data: unknown
    header: Record<string, string>
  }[]

beforeEach(() => {
  freshPhone()
  setParams({ id: ID })
})

describe('the page', () => {
  test('shows a skeleton while the task loads', () => {
    serve(answers(TASK_DETAIL, { [TASK]: () => new Promise<never>(() => undefined) }))
    render(<TaskPage />)
    expect(screen.getByLabelText('正在加载')).toBeTruthy()
  })

  test('shows a failure in words and loads again', async () => {
    let broken = true
    serve(answers(TASK_DETAIL, { [TASK]: () => (broken ? offline() : ok(TASK_DETAIL)) }))
    render(<TaskPage />)
    await screen.findByText('网络连接失败，请检查网络后重试')
    expect(screen.queryByText('催办')).toBeNull()
    broken = false
    fireEvent.click(screen.getByText('重新加载'))
    expect(await screen.findByText('需求信息')).toBeTruthy()
  })

  test("somebody else's task is unknown", async () => {
    serve(answers(TASK_DETAIL, { [TASK]: () => refuse(404, '任务不存在') }))
    render(<TaskPage />)
    expect(await screen.findByText('任务不存在')).toBeTruthy()
  })

  test('a link without a number leads to the list', async () => {
    setParams({})
    serve({})
    render(<TaskPage />)
    fireEvent.click(await screen.findByText('查看全部任务'))
    expect(Taro.switchTab).toHaveBeenCalledWith({ url: '/pages/tasks/index' })
  })

  test('shows step, text, facts, and the record with the latest first', async () => {
    await open()
    expect(screen.getByText('3 / 8')).toBeTruthy()
    expect(screen.getByText('下一步：方案报价')).toBeTruthy()
    expect(screen.getByText('电源模块输出纹波超标')).toBeTruthy()
    expect(screen.getByText('2026-11-23 09:30')).toBeTruthy()
    expect(screen.queryByText('邮箱')).toBeNull()
    const [first, second] = [screen.getByText('已安排李工'), screen.getByText('任务已提交')]
    expect(first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy()
  })

  test('the eight steps open with the time of each', async () => {
    await open()
    expect(screen.queryByText('已完成待评价')).toBeNull()
    fireEvent.click(screen.getByText('查看全部步骤'))
    expect(screen.getByText('已完成待评价')).toBeTruthy()
    expect(screen.getByText('2026-11-20 14:30')).toBeTruthy()
  })

  test('loads again when pulled down and when it comes back into view', async () => {
    const sent = await open()
    fire('show')
    fire('show')
    await waitFor(() => expect(sent.filter(({ url }) => url.endsWith(ID))).toHaveLength(2))
    fire('pullDown')
    await waitFor(() => expect(Taro.stopPullDownRefresh).toHaveBeenCalled())
  })
})

describe('what belongs to the step', () => {
  test('a picture opens over the screen, in full size', async () => {
    await open()
    fireEvent.click(screen.getByLabelText('查看图片 2'))
    expect(Taro.previewImage).toHaveBeenCalledWith({
      urls: ['https://api.test/api/v1/files/f1?sig=a', 'https://api.test/api/v1/files/f2?sig=b'],
      current: 'https://api.test/api/v1/files/f2?sig=b',
    })
  })

  test("a file opens with the phone's own viewer", async () => {
    Taro.downloadFile.mockResolvedValue({ tempFilePath: '/tmp/report' })
    await open()
    await act(async () => void fireEvent.click(screen.getByText('检测报告.pdf')))
    expect(Taro.openDocument).toHaveBeenCalledWith({ filePath: '/tmp/report', fileType: 'pdf', showMenu: true })
  })

  test('one tap calls the engineer', async () => {
    await open()
    fireEvent.click(screen.getByText('拨打电话'))
    expect(Taro.makePhoneCall).toHaveBeenCalledWith({ phoneNumber: '13900139000' })
  })

  test('a phone that cannot call shows the number, a changed mind shows nothing', async () => {
    await open()
    Taro.makePhoneCall.mockRejectedValueOnce({ errMsg: 'makePhoneCall:fail cancel' })
    await act(async () => void fireEvent.click(screen.getByText('拨打电话')))
    expect(screen.queryByText(/无法拨号/)).toBeNull()
    Taro.makePhoneCall.mockRejectedValueOnce({ errMsg: 'makePhoneCall:fail' })
    await act(async () => void fireEvent.click(screen.getByText('拨打电话')))
    expect(screen.getByText('无法拨号，请手动拨打 139 0013 9000')).toBeTruthy()
  })

  test('without an engineer there is nobody to call', async () => {
    await open({ ...TASK_DETAIL, engineer_name: '', engineer_phone: '' })
    expect(screen.getByText('正在安排工程师，派单后可在这里联系')).toBeTruthy()
    expect(screen.queryByText('拨打电话')).toBeNull()
  })
})

describe('decisions', () => {
  const WAITING = { ...TASK_DETAIL, current_step: 4, can_confirm: true }

  test('agreeing to the plan sends it once and loads the task again', async () => {
    const sent = await open(WAITING, { [`POST /api/v1/tasks/${ID}/confirm`]: () => ok({ message: '' }) })
    expect(screen.getByText('请查看方案并确认，确认后工程师开始服务')).toBeTruthy()
    fireEvent.click(screen.getByText('同意方案'))
    await confirm('同意方案')
    expect(await screen.findByText('已同意方案，工程师将开始服务')).toBeTruthy()
    expect(bodyOf(sent, '/confirm').map(({ data }) => data)).toEqual([{ accept: true }])
    expect(sent.filter(({ url }) => url.endsWith(ID))).toHaveLength(2)
  })

  test('refusing the plan needs a reason', async () => {
    const sent = await open(WAITING, { [`POST /api/v1/tasks/${ID}/confirm`]: () => ok({ message: '' }) })
    fireEvent.click(screen.getByText('退回方案'))
    await confirm('退回方案')
    expect(screen.getByText('请填写退回原因')).toBeTruthy()
    expect(bodyOf(sent, '/confirm')).toHaveLength(0)
    typeInto('退回原因', '价格过高')
    await confirm('退回方案')
    expect(bodyOf(sent, '/confirm').map(({ data }) => data)).toEqual([{ accept: false, comment: '价格过高' }])
  })

  test('cancelling needs a reason, and a usual one is a tap', async () => {
    const sent = await open(TASK_DETAIL, { [`POST /api/v1/tasks/${ID}/cancel`]: () => ok({ message: '' }) })
    fireEvent.click(screen.getByText('取消任务'))
    await confirm('取消任务')
    expect(screen.getByText('请填写取消原因')).toBeTruthy()
    fireEvent.click(screen.getByText('仪器已恢复正常'))
    await confirm('取消任务')
    expect(bodyOf(sent, '/cancel').map(({ data }) => data)).toEqual([{ reason: '仪器已恢复正常' }])
    expect(await screen.findByText('任务已取消')).toBeTruthy()
  })

  test('reminding takes an optional word', async () => {
    const sent = await open(TASK_DETAIL, { [`POST /api/v1/tasks/${ID}/reminder`]: () => ok({ message: '' }) })
    fireEvent.click(screen.getByText('催办'))
    await confirm('催办')
    expect(bodyOf(sent, '/reminder').map(({ data }) => data)).toEqual([{ comment: '' }])
    expect(await screen.findByText('已提醒工程师尽快处理')).toBeTruthy()
  })

  test('after a lost answer the same decision goes again with the same key', async () => {
    let lost = true
    const sent = await open(TASK_DETAIL, {
      [`POST /api/v1/tasks/${ID}/reminder`]: () => (lost ? offline() : ok({ message: '' })),
    })
    fireEvent.click(screen.getByText('催办'))
    await confirm('催办')
    expect(screen.getByText('网络连接失败，请检查网络后重试')).toBeTruthy()
    lost = false
    await confirm('催办')
    const [first, second] = bodyOf(sent, '/reminder')
    expect(second?.header['Idempotency-Key']).toBe(first?.header['Idempotency-Key'])
  })

  test('a task that went on meanwhile is loaded again and says why', async () => {
    let task: object = TASK_DETAIL
    const sent = await open(TASK_DETAIL, {
      [TASK]: () => ok(task),
      [`POST /api/v1/tasks/${ID}/cancel`]: () => {
        task = { ...TASK_DETAIL, current_step: 5, can_cancel: false }
        return refuse(409, '服务已开始执行，不能取消，请联系工程师')
      },
    })
    fireEvent.click(screen.getByText('取消任务'))
    fireEvent.click(screen.getByText('时间安排有变'))
    await confirm('取消任务')
    expect(await screen.findByText('服务已开始执行，不能取消，请联系工程师')).toBeTruthy()
    await waitFor(() => expect(screen.queryByText('取消任务')).toBeNull())
    expect(bodyOf(sent, '/cancel')).toHaveLength(1)
  })

  test('only what the server allows can be tapped', async () => {
    const sent = await open({ ...TASK_DETAIL, can_cancel: false, can_remind: false })
    expect(screen.queryByText('取消任务')).toBeNull()
    expect(screen.queryByText('同意方案')).toBeNull()
    fireEvent.click(screen.getByText('已催办'))
    expect(screen.queryByText('催办说明')).toBeNull()
    expect(sent.some(({ method, url }) => method === 'POST' && url.includes('/tasks/'))).toBe(false)
  })

  test.each([
    [{ current_step: 6, can_evaluate: true, can_cancel: false }, '评价服务', `/pages/evaluate/index?id=${ID}`],
    [{ current_step: 7, status: 'closed', can_cancel: false }, '查看评价', `/pages/evaluate/index?id=${ID}`],
    [{ status: 'cancelled', cancel_reason: '计划有变' }, '再次提交需求', '/pages/submit/index?type=repair'],
  ])('%j leads on', async (change, label, url) => {
    await open({ ...TASK_DETAIL, ...change })
    fireEvent.click(screen.getByText(label))
    expect(Taro.navigateTo).toHaveBeenCalledWith({ url })
    expect(screen.queryByText('取消任务')).toBeNull()
  })

  test('a cancelled task says why', async () => {
    await open({ ...TASK_DETAIL, status: 'cancelled', cancel_reason: '计划有变' })
    expect(screen.getByText('已取消：计划有变')).toBeTruthy()
  })
})
