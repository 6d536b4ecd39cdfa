import Taro from '../mocks/taro'
import { freshPhone, serve, STAFF } from '../support/server'
import { CUSTOMER_FILES, evidenceTarget, startUpload } from '@/services/upload'
import { useSession } from '@/stores/session'

const STORED = { file_id: 'f1', name: 'a.jpg', size: 3, mime: 'image/jpeg', sha256: 'x', url: '/f' }
const picture = (size: number) => ({ path: '/tmp/a.jpg', name: 'a.jpg', size, kind: 'image' as const })
const answer = (statusCode: number, body: unknown) => ({ statusCode, data: JSON.stringify(body) })

/** An upload task whose promise and progress the test drives. */
function uploads(result: Promise<unknown>) {
  const task = Object.assign(result, { progress: jest.fn(), abort: jest.fn() })
  Taro.uploadFile.mockReturnValueOnce(task)
  return task
}

beforeEach(() => {
  freshPhone()
  serve({})
})

test('sends a small picture as it is and reports progress', async () => {
  const task = uploads(Promise.resolve(answer(200, { code: 200, message: '', data: STORED })))
  const percents: number[] = []
  const upload = startUpload(picture(1000), CUSTOMER_FILES, (percent) => percents.push(percent))
  await expect(upload.result).resolves.toEqual(STORED)
  task.progress.mock.calls[0][0]({ progress: 41.6 })
  expect(percents).toEqual([42])
  expect(Taro.compressImage).not.toHaveBeenCalled()
  expect(Taro.uploadFile.mock.calls[0][0]).toMatchObject({ url: 'https://api.test/api/v1/files', name: 'file' })
})

test('a document goes with its own name, which WeChat replaces by that of a temporary file', async () => {
  void uploads(Promise.resolve(answer(200, { code: 200, message: '', data: STORED })))
  const document = { path: '/tmp/x8Yq.pdf', name: '仪器报警记录.pdf', size: 9, kind: 'document' as const }
  await startUpload(document, CUSTOMER_FILES).result
  expect(Taro.uploadFile.mock.calls[0][0].formData).toEqual({ name: '仪器报警记录.pdf' })
})

test('compresses a picture above 1 MB', async () => {
  Taro.compressImage.mockResolvedValue({ tempFilePath: '/tmp/small.jpg' })
  void uploads(Promise.resolve(answer(200, { code: 200, message: '', data: STORED })))
  await startUpload(picture(2_000_000), CUSTOMER_FILES).result
  expect(Taro.uploadFile.mock.calls[0][0].filePath).toBe('/tmp/small.jpg')
})

test('renews an expired token and sends the file once more', async () => {
  useSession.setState({ customerToken: 'old' })
  void uploads(Promise.resolve(answer(401, { code: 401, message: '登录已过期，请重新登录', data: null })))
  void uploads(Promise.resolve(answer(200, { code: 200, message: '', data: STORED })))
  await expect(startUpload(picture(1), CUSTOMER_FILES).result).resolves.toEqual(STORED)
  expect(Taro.uploadFile).toHaveBeenCalledTimes(2)
})

test('a cancelled transfer says so', async () => {
  let fail: (reason: unknown) => void = () => undefined
  const task = uploads(new Promise((_, reject) => (fail = reject)))
  const upload = startUpload(picture(1), CUSTOMER_FILES)
  await new Promise((resolve) => setTimeout(resolve, 5))
  upload.cancel()
  expect(task.abort).toHaveBeenCalled()
  fail({ errMsg: 'uploadFile:fail abort' })
  await expect(upload.result).rejects.toMatchObject({ kind: 'cancelled' })
})

test('evidence goes with its work order as staff', async () => {
  useSession.setState({ staff: STAFF })
  void uploads(Promise.resolve(answer(200, { code: 'OK', msg: 'success', data: STORED, traceId: 't' })))
  await startUpload(picture(1), evidenceTarget('w1', { latitude: 39.9 })).result
  expect(Taro.uploadFile.mock.calls[0][0]).toMatchObject({
    url: 'https://api.test/homecare/evidence',
    formData: { workOrderId: 'w1', latitude: '39.9' },
    header: { Authorization: 'Bearer staff-token' },
  })
})

test('a refused file is typed', async () => {
  void uploads(Promise.resolve(answer(413, { code: 413, message: '提交的内容过大', data: null })))
  await expect(startUpload(picture(1), CUSTOMER_FILES).result).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
})
