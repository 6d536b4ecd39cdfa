import Taro from '../mocks/taro'
import { freshPhone } from '../support/server'
import { requestByCloud, uploadByCloud } from '@/services/cloud'

const ANSWER = { statusCode: 200, header: {}, data: { code: 200 } }
const call = (data: unknown) => ({ method: 'POST' as const, path: '/api/v1/tasks', data, header: {} })
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

let files: Record<string, string>
let uploaded: string[]
beforeEach(() => {
  freshPhone()
  files = {}
  uploaded = []
  Taro.env = { USER_DATA_PATH: 'wxfile://usr' }
  Taro.getFileSystemManager.mockReturnValue({
    writeFileSync: (path: string, text: string) => void (files[path] = text),
    unlinkSync: (path: string) => void delete files[path],
  })
  Taro.cloud = {
    callFunction: jest.fn().mockResolvedValue({ result: ANSWER }),
    uploadFile: jest.fn(({ filePath, cloudPath, success }: any) => {
      uploaded.push(files[filePath] ?? '')
      success({ fileID: `cloud://e.b/${cloudPath}` })
      return { onProgressUpdate: jest.fn(), abort: jest.fn() }
    }),
  }
})

test('a call goes to the gateway as it is', async () => {
  await expect(requestByCloud(call({ type: 'repair' }), 1000)).resolves.toEqual(ANSWER)
  expect(Taro.cloud.callFunction).toHaveBeenCalledWith({ name: 'gateway', data: call({ type: 'repair' }) })
})

test.each([
  ['ASCII', 'x'.repeat(120_000)],
  ['Chinese', '长'.repeat(40_000)],
])('a body of %s beyond 100 KB goes through cloud storage, and nothing stays on the phone', async (_case, text) => {
  await requestByCloud(call({ text }), 1000)
  const [{ data }] = Taro.cloud.callFunction.mock.calls[0]
  expect(data).toEqual({
    method: 'POST',
    path: '/api/v1/tasks',
    header: {},
    dataFile: expect.stringMatching(/^cloud:\/\/e\.b\/incoming\/[0-9a-f]{32}\.json$/),
  })
  expect(uploaded).toEqual([JSON.stringify({ text })])
  expect(files).toEqual({})
})

test('no call ever has more than 100 KB', async () => {
  for (const length of [90_000, 98_000, 98_303, 98_304, 99_000, 102_000]) {
    Taro.cloud.callFunction.mockClear()
    await requestByCloud(call('x'.repeat(length)), 1000)
    expect(bytes(Taro.cloud.callFunction.mock.calls[0][0].data)).toBeLessThanOrEqual(100 * 1024)
  }
})

test('a function that does not answer is a time-out', async () => {
  jest.useFakeTimers()
  Taro.cloud.callFunction.mockReturnValue(new Promise(() => undefined))
  const result = requestByCloud(call({}), 5000).catch((error: unknown) => error)
  await jest.advanceTimersByTimeAsync(5001)
  expect(await result).toEqual({ errMsg: 'gateway:fail timeout' })
  jest.useRealTimers()
})

test('an upload that cloud storage refuses fails as an upload does', async () => {
  Taro.cloud.uploadFile.mockImplementation(({ fail }: any) => {
    fail({ errMsg: 'cloud.uploadFile:fail timeout' })
    return { onProgressUpdate: jest.fn(), abort: jest.fn() }
  })
  const upload = uploadByCloud({ path: '/api/v1/files', filePath: 'wxfile://a.jpg', name: 'a.jpg', header: {} })
  await expect(upload).rejects.toEqual({ errMsg: 'cloud.uploadFile:fail timeout' })
  expect(Taro.cloud.callFunction).not.toHaveBeenCalled()
})

test('an upload can be given up while it is under way', async () => {
  const abort = jest.fn()
  Taro.cloud.uploadFile.mockReturnValue({ onProgressUpdate: jest.fn(), abort })
  uploadByCloud({ path: '/api/v1/files', filePath: 'wxfile://a.jpg', name: 'a.jpg', header: {} }).abort()
  expect(abort).toHaveBeenCalled()
})
