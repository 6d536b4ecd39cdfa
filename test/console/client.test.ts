import { ApiError, request } from '../../server/console/src/api/client'

/** A server that takes a request and never answers; it ends when it is told to. */
const silent = (_: unknown, init?: RequestInit) =>
  new Promise<Response>((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  })

beforeEach(() => {
  jest.useFakeTimers()
  jest.spyOn(globalThis, 'fetch').mockImplementation(silent as typeof fetch)
})
afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

test.each([
  ['GET', 30_000],
  ['POST', 120_000],
] as const)('a %s that is never answered is over after %i ms, and may be tried again', async (method, ms) => {
  let refusal: unknown = null
  void request('/api/v1/admin/tasks', { method }).catch((error: unknown) => (refusal = error))
  await jest.advanceTimersByTimeAsync(ms - 1)
  expect(refusal).toBeNull()
  await jest.advanceTimersByTimeAsync(1)
  expect(refusal).toBeInstanceOf(ApiError)
  expect(refusal).toMatchObject({ status: 0, isPassing: true, message: '网络连接失败，请检查网络后重试' })
})

test('a question nobody asks any more ends as an abort, not as a refusal', async () => {
  const controller = new AbortController()
  const asked = request('/api/v1/admin/tasks', { signal: controller.signal })
  controller.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  expect(jest.getTimerCount()).toBe(0)
})

test('an answer leaves no timer behind', async () => {
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ code: 200, data: { total: 0 } }))
  await expect(request('/api/v1/admin/tasks')).resolves.toEqual({ total: 0 })
  expect(jest.getTimerCount()).toBe(0)
})
