import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { CheckinDecision, WorkOrderDetail } from '@shared/api/homecare'
import CheckinPage from '@/worker/checkin/index'
import { flushQueue } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'
import Taro, { setParams } from '../mocks/taro'
import { offline, serve, staffOk, staffRefuse } from '../support/server'
import { camera, DETAIL, gps, north, phoneFiles, signaturePad, SITE, staffPhone } from '../support/staff'

const GET = 'GET /homecare/work-orders/order-1'
const PRECHECK = 'POST /homecare/checkin/precheck'
const SUBMIT = 'POST /homecare/checkin/submit'

const decision = (changes: Partial<CheckinDecision> = {}): CheckinDecision => ({
  distanceMeters: 10,
  allowedRadiusMeters: 50,
  canCheckin: true,
  reasonCode: 'OK',
  workerLocationAccepted: true,
  serviceLocationReady: true,
  decision: 'INSIDE',
  accuracyMeters: 8,
  radiusScope: 'GLOBAL',
  flags: [],
  ...changes,
})
const passed = () => staffOk(decision())
const rejected = (changes: Partial<CheckinDecision>) =>
  staffRefuse(400, 'BAD_REQUEST', 'Checkin rejected', decision({ canCheckin: false, ...changes }))

let move: ReturnType<typeof gps>
let files: ReturnType<typeof phoneFiles>

function open(routes: Parameters<typeof serve>[0] = {}, changes: Partial<WorkOrderDetail> = {}) {
  const sent = serve({ [GET]: () => staffOk({ ...DETAIL, ...changes }), [PRECHECK]: passed, ...routes })
  render(<CheckinPage />)
  return sent
}
const submitted = (sent: { url: string; data?: any }[]) => sent.filter(({ url }) => url.endsWith('/checkin/submit'))
const tapSubmit = (label = '提交签到') => act(async () => void fireEvent.click(screen.getByText(label)))

async function takePhoto() {
  camera('site')
  fireEvent.click(screen.getByLabelText('添加现场照片'))
  await waitFor(() => expect(screen.getByText('1/9')).toBeTruthy())
}

function sign(length = 120) {
  const canvas = document.querySelector('canvas') as HTMLCanvasElement
  fireEvent.touchStart(canvas, { touches: [{ clientX: 10, clientY: 50 }] })
  fireEvent.touchMove(canvas, { touches: [{ clientX: 10 + length, clientY: 50 }] })
  fireEvent.touchEnd(canvas)
}

async function arrive() {
  await screen.findByText('提交签到')
  // The pad is found once it is laid out.
  await act(() => new Promise((resolve) => setTimeout(resolve, 150)))
  move(north(10))
  await screen.findByText('已在签到范围内，可以签到')
}

beforeEach(() => {
  staffPhone()
  files = phoneFiles()
  signaturePad()
  move = gps()
  setParams({ id: 'order-1' })
})

test('shows grey shapes while the order loads, and why it cannot', async () => {
  let answer: () => any = () => new Promise<never>(() => undefined)
  serve({ [GET]: () => answer() })
  const { unmount } = render(<CheckinPage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  unmount()
  answer = offline
  render(<CheckinPage />)
  expect(await screen.findByText('网络连接失败，请检查网络后重试')).toBeTruthy()
  answer = () => staffOk(DETAIL)
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('正在定位')).toBeTruthy()
})

test('asks for one position after the other while it is open, and stops with it', async () => {
  open()
  await arrive()
  move(north(30))
  expect(await screen.findByText('30 米')).toBeTruthy()
  expect(Taro.startLocationUpdate).toHaveBeenCalledWith({ type: 'gcj02' })
})

test('asks the server about the position and shows what it says', async () => {
  const sent = open({ [PRECHECK]: () => rejected({ distanceMeters: 1000, reasonCode: 'OUT_OF_RADIUS' }) })
  await screen.findByText('提交签到')
  move(north(1000))
  expect(await screen.findByText(/请再往南方向靠近约 950 米/)).toBeTruthy()
  const asked = () => sent.find(({ url }) => url.endsWith('/precheck'))?.data
  await waitFor(() => expect(asked()).toMatchObject({ workOrderId: 'order-1', coordinateType: 'gcj02', accuracy: 8 }))
  expect(screen.getByLabelText('当前位置在签到范围外')).toBeTruthy()
})

test.each([
  ['WORK_ORDER_NOT_ASSIGNABLE', '该工单还不能签到，请先接单或等待派单'],
  ['WORKER_NOT_MATCHED', '该工单已派给其他工程师，如有疑问请联系调度员'],
  ['SERVICE_LOCATION_MISSING', '该工单还没有服务地点坐标，请联系调度员补充后再签到'],
  ['LOW_ACCURACY', '误差约 ±80 米，请到窗边或室外稍等片刻，数字变小后再签到'],
  ['WORK_ORDER_CANCELLED', '该工单已取消，请勿前往，如有疑问请联系调度员'],
] as const)('says what to do about %s, and submits nothing', async (reasonCode, words) => {
  const sent = open({ [PRECHECK]: () => rejected({ reasonCode, accuracyMeters: 80, distanceMeters: null }) })
  await screen.findByText('提交签到')
  move(north(10))
  expect(await screen.findByText(words)).toBeTruthy()
  await tapSubmit()
  expect(screen.getAllByText(words).length).toBeGreaterThan(1)
  expect(submitted(sent)).toHaveLength(0)
})

test('names everything that is missing, each until it is there', async () => {
  const sent = open()
  await screen.findByText('提交签到')
  await tapSubmit()
  expect(screen.getByText('还没有定位到当前位置，请稍候')).toBeTruthy()
  expect(screen.getByText('请至少拍摄一张现场照片')).toBeTruthy()
  expect(screen.getByText('请客户在签名框内完整签名')).toBeTruthy()
  await arrive()
  expect(screen.queryByText('还没有定位到当前位置，请稍候')).toBeNull()
  await takePhoto()
  await waitFor(() => expect(screen.queryByText('请至少拍摄一张现场照片')).toBeNull())
  sign()
  expect(screen.queryByText('请客户在签名框内完整签名')).toBeNull()
  expect(submitted(sent)).toHaveLength(0)
})

test('a slip of the finger, an undone and a cleared signature are refused', async () => {
  const sent = open({ [SUBMIT]: passed })
  await arrive()
  await takePhoto()
  sign(20)
  await tapSubmit()
  expect(screen.getByText('请客户在签名框内完整签名')).toBeTruthy()
  sign()
  expect(screen.queryByText('请客户在签名框内完整签名')).toBeNull()
  fireEvent.click(screen.getByLabelText('撤销'))
  expect(screen.getByText('请客户在签名框内完整签名')).toBeTruthy()
  sign()
  fireEvent.click(screen.getByLabelText('清除'))
  await tapSubmit()
  expect(submitted(sent)).toHaveLength(0)
})

test('checks in with position, photo and signature, once for a double tap', async () => {
  const sent = open({ [SUBMIT]: () => staffOk({ ...decision(), visitId: 'visit-1' }) })
  await arrive()
  await takePhoto()
  expect(Taro.chooseMedia).toHaveBeenCalledWith(expect.objectContaining({ sourceType: ['camera'] }))
  await waitFor(() => expect(files.uploaded).toHaveLength(1))
  expect(files.uploaded[0]).toMatchObject({ url: '/homecare/evidence', form: { workOrderId: 'order-1' } })
  sign()
  await act(async () => {
    fireEvent.click(screen.getByText('提交签到'))
    fireEvent.click(screen.getByText(/提交签到|正在提交/))
  })
  expect(await screen.findByText('签到成功')).toBeTruthy()
  expect(submitted(sent)).toHaveLength(1)
  expect(submitted(sent)[0]?.data).toMatchObject({
    ...north(10),
    evidenceFileIds: ['file-1'],
    signature: 'data:image/png;base64,signature',
  })
  fireEvent.click(screen.getByText('填写服务步骤'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/steps/index?id=order-1' })
})

test('shows the refusal of the server in words and keeps the form', async () => {
  open({ [SUBMIT]: () => rejected({ reasonCode: 'EVIDENCE_FILE_NOT_EXIST' }) })
  await arrive()
  await takePhoto()
  await waitFor(() => expect(files.uploaded).toHaveLength(1))
  sign()
  await tapSubmit()
  expect(await screen.findByText('请至少拍摄一张现场照片')).toBeTruthy()
  expect(screen.getByText('提交签到')).toBeTruthy()
})

test('without network the check-in waits on the phone with ticket and photo, and becomes one visit', async () => {
  const sent = open({ 'POST /homecare/sync': offline })
  await arrive()
  files.failure = { errMsg: 'uploadFile:fail' }
  act(() => useNetwork.setState({ online: false }))
  expect(await screen.findByText('没有网络，按本机记录的范围判断：可以签到，联网后自动发送')).toBeTruthy()
  await takePhoto()
  expect(await screen.findByText('没有网络，照片先保存在手机上，随签到一起发送')).toBeTruthy()
  sign()
  await tapSubmit('保存签到（联网后发送）')
  expect(await screen.findByText('签到已保存在手机上')).toBeTruthy()
  expect(submitted(sent)).toHaveLength(0)
  const entry = useQueue.getState().entries.find(({ kind }) => kind === 'checkin')
  expect(entry).toMatchObject({
    payload: { signature: 'data:image/png;base64,signature', offlineTicket: { nonce: 'nonce-1' } },
    photos: [{ ref: '/saved/site.jpg' }],
  })

  files.failure = null
  const later = serve({
    'POST /homecare/sync': ({ data }) =>
      staffOk({ results: data.items.map(({ clientId }: { clientId: string }) => ({ clientId, status: 'accepted' })) }),
  })
  await act(() => flushQueue())
  expect(await screen.findByText('签到成功')).toBeTruthy()
  const items = later.flatMap(({ data }) => data.items).filter(({ kind }) => kind === 'checkin')
  expect(items).toHaveLength(1)
  expect(items[0].payload.evidenceFileIds).toEqual(['file-1'])
})

test('a network that answers nothing does not hold the check-in up at its photo', async () => {
  open({ [PRECHECK]: offline, 'POST /homecare/sync': offline })
  await screen.findByText('提交签到')
  await act(() => new Promise((resolve) => setTimeout(resolve, 150)))
  move(north(10))
  await screen.findByText('保存签到（联网后发送）')
  const abort = jest.fn()
  Taro.uploadFile.mockReturnValueOnce(Object.assign(new Promise(() => undefined), { progress: () => undefined, abort }))
  await takePhoto()
  sign()
  await tapSubmit('保存签到（联网后发送）')
  expect(await screen.findByText('签到已保存在手机上')).toBeTruthy()
  const entry = useQueue.getState().entries.find(({ kind }) => kind === 'checkin')
  expect(entry?.photos).toMatchObject([{ ref: '/saved/site.jpg' }])
  expect(abort).toHaveBeenCalled()
})

test('a lost answer puts the same check-in into the queue', async () => {
  const sent = open({
    [SUBMIT]: () => Promise.reject({ errMsg: 'request:fail timeout' }),
    'POST /homecare/sync': offline,
  })
  await arrive()
  await takePhoto()
  await waitFor(() => expect(files.uploaded).toHaveLength(1))
  sign()
  await tapSubmit()
  expect(await screen.findByText('签到已保存在手机上')).toBeTruthy()
  const [entry] = useQueue.getState().entries
  expect(entry).toMatchObject({ sentLive: true, clientId: (submitted(sent)[0] as any)?.header['Idempotency-Key'] })
  expect(entry?.payload.evidenceFileIds).toEqual(['file-1'])
})

test('a server that is down costs no check-in: it waits with its photo', async () => {
  const down = () => staffRefuse(502, 'UPSTREAM_FAILED', 'Bad Gateway')
  open({ [SUBMIT]: down, 'POST /homecare/sync': down })
  await arrive()
  await takePhoto()
  await waitFor(() => expect(files.uploaded).toHaveLength(1))
  sign()
  await tapSubmit()
  expect(await screen.findByText('签到已保存在手机上')).toBeTruthy()
  expect(useQueue.getState().entries).toMatchObject([{ kind: 'checkin', sentLive: true, refusal: null }])
})

test('a check-in that was refused later says why and leads to the queue', async () => {
  open({ 'POST /homecare/sync': offline })
  await arrive()
  act(() => useNetwork.setState({ online: false }))
  await takePhoto()
  sign()
  await tapSubmit('保存签到（联网后发送）')
  await screen.findByText('签到已保存在手机上')
  serve({
    'POST /homecare/sync': ({ data }) =>
      staffOk({
        results: data.items.map(({ clientId }: { clientId: string }) => ({
          clientId,
          status: 'rejected',
          reasonCode: 'TICKET_REPLAYED',
        })),
      }),
  })
  await act(() => flushQueue())
  expect(await screen.findByText('签到没有被接受')).toBeTruthy()
  expect(screen.getByText('这次离线签到已提交过，无需重复提交')).toBeTruthy()
  fireEvent.click(screen.getByText('查看待发送记录'))
  expect(Taro.redirectTo).toHaveBeenCalledWith({ url: '/worker/queue/index' })
})

test('far away it refuses without network, too', async () => {
  open({ 'POST /homecare/sync': offline })
  await screen.findByText('提交签到')
  act(() => useNetwork.setState({ online: false }))
  move(north(1000))
  expect(await screen.findByText(/请再往南方向靠近/)).toBeTruthy()
  await tapSubmit('保存签到（联网后发送）')
  expect(useQueue.getState().entries.filter(({ kind }) => kind === 'checkin')).toHaveLength(0)
})

test('keeps a position of the way while there is no network', async () => {
  open({ 'POST /homecare/sync': offline })
  await screen.findByText('提交签到')
  act(() => useNetwork.setState({ online: false }))
  move(SITE)
  move(north(3))
  await waitFor(() => expect(useQueue.getState().entries.map(({ kind }) => kind)).toEqual(['fix']))
})

test('a refused position leads to the settings and goes on after them', async () => {
  Taro.startLocationUpdate.mockRejectedValueOnce({ errMsg: 'startLocationUpdate:fail auth deny' })
  open()
  expect(await screen.findByText('没有位置权限，暂时无法定位')).toBeTruthy()
  Taro.openSetting.mockResolvedValueOnce({ authSetting: {} })
  await act(async () => void fireEvent.click(screen.getByText('打开设置')))
  expect(await screen.findByText('位置权限仍未打开')).toBeTruthy()
  Taro.openSetting.mockResolvedValueOnce({ authSetting: { 'scope.userLocation': true } })
  await act(async () => void fireEvent.click(screen.getByText('打开设置')))
  expect(await screen.findByText('正在定位')).toBeTruthy()
  expect(Taro.startLocationUpdate).toHaveBeenCalledTimes(2)
})

test('no signal says where to go', async () => {
  Taro.startLocationUpdate.mockRejectedValueOnce({ errMsg: 'startLocationUpdate:fail system' })
  open()
  expect(await screen.findByText('暂时收不到定位信号')).toBeTruthy()
  fireEvent.click(screen.getByText('重新定位'))
  expect(await screen.findByText('正在定位')).toBeTruthy()
})

test('whoever is checked in already is led on', async () => {
  open({}, { visit_state: 'CHECKED_IN' })
  expect(await screen.findByText('已经签到过了')).toBeTruthy()
})
