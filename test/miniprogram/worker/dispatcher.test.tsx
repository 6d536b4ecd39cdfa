import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { ComponentType } from 'react'
import AssignPage from '@/worker/assign/index'
import DispatchPage from '@/worker/dispatch/index'
import ReviewPage from '@/worker/review/index'
import WorkersPage from '@/worker/workers/index'
import Taro, { setParams } from '../mocks/taro'
import { offline, ok, serve, staffOk, staffRefuse } from '../support/server'
import { DETAIL, ORDER, phoneFiles, rows, staffPhone, VISIT } from '../support/staff'

const ORDERS = 'GET /homecare/work-orders'
const ONE = 'GET /homecare/work-orders/order-1'
const STAFF_LIST = 'GET /api/v1/admin/staff'
const VISITS = 'GET /api/v1/admin/visits'
const worker = (id: string, full_name: string, load: number, more = {}) => ({
  id,
  full_name,
  phone: '13900139000',
  org_id: 'o',
  team_id: null,
  load,
  is_active: true,
  ...more,
})
const adminRows = (list: unknown[]) => ok({ total: list.length, pages: 1, current: 1, size: 20, list })
const POOLED = { ...ORDER, worker_id: null, worker_name: '', assignment_status: null, current_step: 0 }
const tap = (label: string) =>
  act(async () => void fireEvent.click(screen.getAllByText(label, { selector: '.btn__label' }).pop() as HTMLElement))

beforeEach(() => {
  staffPhone('HOMECARE_DISPATCHER')
  phoneFiles()
  setParams({ id: 'order-1' })
})

test.each<[string, ComponentType, string, () => any, string, string]>([
  ['dispatch', DispatchPage, ORDERS, () => rows([]), '没有待派的工单', '高效液相色谱仪'],
  ['workers', WorkersPage, STAFF_LIST, () => adminRows([]), '还没有工程师账号', '赵工'],
  ['review', ReviewPage, VISITS, () => adminRows([]), '没有需要审核的签到', '陈工 · 第 1 次到场'],
])('%s: loading, error with retry, empty', async (...[, Subject, route, empty, words]) => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [route]: () => answer() })
  const { unmount } = render(<Subject />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = offline
  render(<Subject />)
  await screen.findByText('网络连接失败，请检查网络后重试')
  answer = empty
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText(words)).toBeTruthy()
})

describe('unassigned orders', () => {
  test('show how long they wait and lead to the choice of a worker', async () => {
    const created_at = new Date(Date.now() - 5 * 3600_000).toISOString()
    const sent = serve({ [ORDERS]: () => rows([{ ...POOLED, created_at }]) })
    render(<DispatchPage />)
    expect(await screen.findByText('已等 5 小时')).toBeTruthy()
    expect(screen.getByText('还没有工程师')).toBeTruthy()
    expect(sent[0]?.url).toContain('scope=pool')
    await tap('派单')
    expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/assign/index?id=order-1' })
  })

  test('open ones can be reassigned and searched', async () => {
    const sent = serve({ [ORDERS]: () => rows([{ ...ORDER, assignment_status: 'ASSIGNED' }]) })
    render(<DispatchPage />)
    fireEvent.click(await screen.findByText('未完成'))
    expect(await screen.findByText('待接单')).toBeTruthy()
    expect(screen.getByText('改派')).toBeTruthy()
    fireEvent.change(screen.getByLabelText('搜索工单号、仪器、客户或电话'), { target: { value: '张敏' } })
    await waitFor(() => expect(sent[sent.length - 1]?.url).toContain(`q=${encodeURIComponent('张敏')}`))
    expect(sent[sent.length - 1]?.url).toContain('scope=all&status=open')
  })
})

test('workers stand with their load and can be called', async () => {
  serve({ [STAFF_LIST]: () => adminRows([worker('w1', '赵工', 0), worker('w2', '李工', 6)]) })
  render(<WorkersPage />)
  expect(await screen.findByText('空闲')).toBeTruthy()
  expect(screen.getByText('在办 6 单')).toBeTruthy()
  fireEvent.click(screen.getByLabelText('拨打赵工的电话'))
  expect(Taro.makePhoneCall).toHaveBeenCalledWith({ phoneNumber: '13900139000' })
})

describe('assigning', () => {
  const WORKERS = [worker('w2', '李工', 3), worker('w1', '赵工', 1), worker('w3', '停工', 0, { is_active: false })]
  const open = (changes: object = POOLED, routes: Parameters<typeof serve>[0] = {}) => {
    const sent = serve({
      [ONE]: () => staffOk({ ...DETAIL, ...changes }),
      [STAFF_LIST]: () => adminRows(WORKERS),
      ...routes,
    })
    render(<AssignPage />)
    return sent
  }

  test('loading, error with retry', async () => {
    let answer: () => any = () => new Promise<never>(() => undefined)
    serve({ [ONE]: () => answer(), [STAFF_LIST]: () => adminRows([]) })
    const { unmount } = render(<AssignPage />)
    expect(screen.getByLabelText('正在加载')).toBeTruthy()
    unmount()
    answer = () => staffRefuse(404, 'NOT_FOUND', '工单不存在')
    render(<AssignPage />)
    await screen.findByText('工单不存在')
    answer = () => staffOk({ ...DETAIL, ...POOLED })
    fireEvent.click(screen.getByText('重新加载'))
    expect(await screen.findByText('没有可选的工程师')).toBeTruthy()
  })

  test('needs a worker; the least loaded stands first, disabled ones cannot be chosen', async () => {
    const sent = open()
    await screen.findByText('赵工')
    const names = [...document.querySelectorAll('.worker-line__name')].map((node) => node.textContent)
    expect(names).toEqual(['停工', '赵工', '李工'])
    fireEvent.click(screen.getByText('停工'))
    await tap('派单')
    expect(screen.getByText('请选择工程师')).toBeTruthy()
    expect(sent.some(({ method }) => method === 'POST')).toBe(false)
  })

  test('sends worker and note and goes back', async () => {
    Taro.getCurrentPages.mockReturnValue([{}, {}])
    const sent = open(POOLED, { 'POST /homecare/dispatch': () => staffOk({}) })
    fireEvent.click(await screen.findByText('赵工'))
    fireEvent.change(screen.getByLabelText('备注（选填）'), { target: { value: ' 带色谱柱 ' } })
    await tap('派给赵工')
    await waitFor(() => expect(Taro.navigateBack).toHaveBeenCalled())
    expect(sent.find(({ method }) => method === 'POST')?.data).toEqual({
      workOrderId: 'order-1',
      workerId: 'w1',
      note: '带色谱柱',
      formerWorkerId: null,
    })
  })

  test('reassigning names who has it and does not offer them', async () => {
    open({ worker_id: 'w2', worker_name: '李工' })
    expect(await screen.findByText('当前负责这张工单')).toBeTruthy()
    expect(screen.getByText('改派后李工会收到通知，工单进度保留')).toBeTruthy()
    fireEvent.click(screen.getByText('赵工'))
    expect(screen.getByText('改派给赵工')).toBeTruthy()
  })

  test('says why it was refused', async () => {
    open(POOLED, {
      'POST /homecare/dispatch': () => staffRefuse(409, 'CONFLICT', '该服务人员已停用或不是服务人员，不能派单'),
    })
    fireEvent.click(await screen.findByText('赵工'))
    await tap('派给赵工')
    expect(await screen.findByText('该服务人员已停用或不是服务人员，不能派单')).toBeTruthy()
  })

  test('a finished order cannot be given away', async () => {
    open({ current_step: 6 })
    expect(await screen.findByText('工单已结束或已完成，不能派单')).toBeTruthy()
    expect(screen.queryByText('赵工')).toBeNull()
  })
})

describe('reviewing', () => {
  const REVIEW = 'POST /homecare/visits/visit-1/review'
  const openFirst = async (routes: Parameters<typeof serve>[0] = {}, visit: object = VISIT) => {
    const sent = serve({ [VISITS]: () => adminRows([visit]), ...routes })
    render(<ReviewPage />)
    fireEvent.click(await screen.findByText('陈工 · 第 1 次到场'))
    return sent
  }

  test('shows flags with reasons, the drawing, photos and the signature', async () => {
    const sent = await openFirst()
    expect(sent[0]?.url).toContain('flagged=true&reviewed=false')
    expect(screen.getAllByText('定位过期').length).toBeGreaterThan(1)
    expect(screen.getByText('同一张照片在其他工单用过')).toBeTruthy()
    expect(screen.getByLabelText('当前位置在签到范围内')).toBeTruthy()
    expect(document.querySelector('.proof__signature')?.getAttribute('src')).toBe(VISIT.signature)
    fireEvent.click(screen.getByLabelText('查看图片 1'))
    expect(Taro.previewImage.mock.calls[0][0].current).toContain('stamped')
  })

  test('confirms without a comment', async () => {
    const sent = await openFirst({ [REVIEW]: () => staffOk({ message: '签到已确认' }) })
    await tap('确认有效')
    await waitFor(() => expect(screen.queryByText('审核签到')).toBeNull())
    expect(sent.find(({ method }) => method === 'POST')?.data).toEqual({ decision: 'confirm', comment: '' })
  })

  test('refuses only with a comment', async () => {
    const sent = await openFirst({ [REVIEW]: () => staffOk({ message: '' }) })
    await tap('判定无效')
    expect(screen.getByText('请填写判定无效的原因')).toBeTruthy()
    fireEvent.change(screen.getByLabelText('审核意见'), { target: { value: '未到场' } })
    await tap('判定无效')
    await waitFor(() => expect(sent.find(({ method }) => method === 'POST')?.data.decision).toBe('refuse'))
  })

  test('says when somebody else has decided already', async () => {
    await openFirst({ [REVIEW]: () => staffRefuse(409, 'CONFLICT', '该签到已审核') })
    await tap('确认有效')
    expect(await screen.findByText('该签到已审核')).toBeTruthy()
  })

  test('a decided one shows the decision and asks nothing', async () => {
    const review = {
      decision: 'refuse' as const,
      comment: '未到场',
      reviewer: '周调度',
      reviewed_at: '2026-11-20T05:00:00.000Z',
    }
    await openFirst({}, { ...VISIT, signature: '张敏（旧版签名）', review })
    expect(screen.getByText(/周调度 于 .*已判定无效。未到场/)).toBeTruthy()
    expect(screen.getByText('张敏（旧版签名）')).toBeTruthy()
    expect(screen.queryByText('判定无效')).toBeNull()
  })
})
