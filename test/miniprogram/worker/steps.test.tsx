import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import StepsPage from '@/worker/steps/index'
import { useQueue } from '@/stores/offline-queue'
import Taro, { setParams } from '../mocks/taro'
import { offline, serve, staffOk, staffRefuse } from '../support/server'
import { camera, DETAIL, phoneFiles, staffPhone } from '../support/staff'

const GET = 'GET /homecare/work-orders/order-1'
const POST = 'POST /homecare/work-orders/order-1/steps'
let files: ReturnType<typeof phoneFiles>

function open(changes: Partial<WorkOrderDetail> = {}, routes: Parameters<typeof serve>[0] = {}) {
  const sent = serve({ [GET]: () => staffOk({ ...DETAIL, ...changes }), ...routes })
  render(<StepsPage />)
  return sent
}
const write = (text: string) => fireEvent.change(screen.getByLabelText('说明'), { target: { value: text } })
const tapSubmit = () => act(async () => void fireEvent.click(screen.getByText('提交')))
const recorded = (sent: { method: string; url: string; data?: any }[]) => sent.filter(({ method }) => method === 'POST')

beforeEach(() => {
  staffPhone()
  files = phoneFiles()
  setParams({ id: 'order-1' })
})

test('shows grey shapes while it loads, and why it cannot', async () => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [GET]: () => answer() })
  const { unmount } = render(<StepsPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = () => staffRefuse(500, 'INTERNAL', 'oops')
  render(<StepsPage />)
  expect(await screen.findByText('服务器出了点问题，请稍后再试')).toBeTruthy()
  answer = () => staffOk(DETAIL)
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('要做什么')).toBeTruthy()
})

test.each([
  [1, ['补充说明（仍在“已派单”）', '进入“检测诊断”'], ['进入“方案报价”']],
  [2, ['补充说明（仍在“检测诊断”）', '进入“方案报价”', '无需报价，直接开始服务'], []],
  [3, ['补充说明（仍在“方案报价”）', '进入“客户确认”'], ['无需报价，直接开始服务']],
  [4, ['补充说明（仍在“客户确认”）'], ['进入“服务执行”']],
  [5, ['补充说明（仍在“服务执行”）', '完成服务'], []],
])('at step %s offers the legal moves only', async (current_step, offered, missing) => {
  open({ current_step })
  for (const label of offered) expect(await screen.findByText(label)).toBeTruthy()
  for (const label of missing) expect(screen.queryByText(label)).toBeNull()
})

test('at step 4 says that the customer has the word, and a note needs no choice', async () => {
  const sent = open({ current_step: 4, visit_state: 'CHECKED_IN' }, { [POST]: () => staffOk({}) })
  expect(await screen.findByText(/等待客户确认。客户确认后进入“服务执行”.*离场请签退$/)).toBeTruthy()
  write('备件已到货')
  await tapSubmit()
  expect(recorded(sent)[0]?.data).toEqual({ step: 4, description: '备件已到货', fileIds: [] })
})

test('leads to the check-in of the second visit before anything is written about it', async () => {
  open({ current_step: 5, visit_state: 'CHECKED_OUT' })
  fireEvent.click(await screen.findByText('客户已同意方案，再次到场请先签到'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/checkin/index?id=order-1' })
})

test('after the last step leads to the check-out of a visit that lasts', async () => {
  open({ current_step: 6, visit_state: 'CHECKED_IN' })
  fireEvent.click(await screen.findByText('服务已完成，离开前请签退'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/worker/checkout/index?id=order-1' })
})

test('a dispatcher who writes a step is not sent to check in', async () => {
  staffPhone('HOMECARE_DISPATCHER')
  open({ current_step: 5, visit_state: 'CHECKED_OUT', worker_id: 'somebody' })
  await screen.findByText('提交')
  expect(screen.queryByText(/请先签到/)).toBeNull()
})

test.each([
  [{ current_step: 6 }, '服务已完成，等待客户评价'],
  [{ status: 'cancelled' as const }, '工单已结束，不能再填写步骤'],
  [{ assignment_status: 'ASSIGNED' as const }, '还不能填写步骤，请先接单'],
])('has no form for %j', async (changes, words) => {
  open(changes)
  expect(await screen.findByText(words)).toBeTruthy()
  expect(screen.queryByText('提交')).toBeNull()
})

test('checks choice and words before the network', async () => {
  const sent = open()
  await screen.findByText('提交')
  await tapSubmit()
  expect(screen.getByText('请选择要做什么')).toBeTruthy()
  expect(screen.getByText('请填写说明')).toBeTruthy()
  fireEvent.click(screen.getByText('进入“检测诊断”'))
  expect(screen.queryByText('请选择要做什么')).toBeNull()
  write('   ')
  await tapSubmit()
  expect(screen.getByText('请填写说明')).toBeTruthy()
  expect(recorded(sent)).toHaveLength(0)
})

test('moves on with words and photos, and shows the new step', async () => {
  let step = 1
  const sent = open(
    {},
    {
      [GET]: () => staffOk({ ...DETAIL, current_step: step }),
      [POST]: () => {
        step = 2
        return staffOk({})
      },
    },
  )
  fireEvent.click(await screen.findByText('进入“检测诊断”'))
  write(' 单向阀堵塞 ')
  camera('valve')
  fireEvent.click(screen.getByLabelText('添加照片（选填）'))
  await waitFor(() => expect(files.uploaded).toHaveLength(1))
  expect(files.uploaded[0]?.url).toBe('/api/v1/files')
  await tapSubmit()
  expect(await screen.findByText('进入“方案报价”')).toBeTruthy()
  expect(recorded(sent)[0]?.data).toEqual({ step: 2, description: '单向阀堵塞', fileIds: ['file-1'] })
  expect(Taro.showToast).toHaveBeenCalledWith({ title: '已提交', icon: 'success' })
})

test('waits for photos on their way and refuses failed ones', async () => {
  const sent = open()
  fireEvent.click(await screen.findByText('补充说明（仍在“已派单”）'))
  write('补充')
  Taro.uploadFile.mockImplementationOnce(() =>
    Object.assign(new Promise(() => undefined), { progress: () => undefined, abort: () => undefined }),
  )
  camera('slow')
  fireEvent.click(screen.getByLabelText('添加照片（选填）'))
  await waitFor(() => expect(Taro.uploadFile).toHaveBeenCalled())
  await tapSubmit()
  expect(screen.getByText('照片还在上传，请稍候')).toBeTruthy()
  expect(recorded(sent)).toHaveLength(0)
})

test('shows the refusal of the server and keeps what was written', async () => {
  open({}, { [POST]: () => staffRefuse(409, 'CONFLICT', '不能从“已派单”直接到“检测诊断”') })
  fireEvent.click(await screen.findByText('进入“检测诊断”'))
  write('单向阀堵塞')
  await tapSubmit()
  expect(await screen.findByText('不能从“已派单”直接到“检测诊断”')).toBeTruthy()
  expect((screen.getByLabelText('说明') as HTMLTextAreaElement).value).toBe('单向阀堵塞')
})

test('without network the step waits on the phone and the next one follows it', async () => {
  open({}, { [POST]: offline, 'POST /homecare/sync': offline })
  fireEvent.click(await screen.findByText('进入“检测诊断”'))
  write('单向阀堵塞')
  await tapSubmit()
  expect(await screen.findByText('进入“方案报价”')).toBeTruthy()
  expect(useQueue.getState().entries).toMatchObject([
    {
      kind: 'step',
      sentLive: true,
      payload: { workOrderId: 'order-1', step: 2, description: '单向阀堵塞', fileIds: [] },
    },
  ])
  expect(Taro.showToast).toHaveBeenCalledWith({ title: '已保存，有网络后自动发送', icon: 'none' })
})
