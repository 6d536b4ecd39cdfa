export interface Answer<T = any> {
  status: number
  headers: Headers
  /** Parsed where it is JSON. */
  body: T
  bytes: Buffer
}

export interface TourRequest {
  token?: string
  json?: unknown
  form?: FormData
  headers?: Record<string, string>
}

/** Speaks to a running server as any client would. */
export function createTourClient(baseUrl: string) {
  /** Any answer. `target` may be a link from an answer: of an absolute one only path and query are used. */
  async function send(method: string, target: string, request: TourRequest = {}): Promise<Answer> {
    const { pathname, search } = new URL(target, baseUrl)
    const response = await fetch(baseUrl + pathname + search, {
      method,
      headers: headersOf(request),
      body: request.form ?? (request.json === undefined ? undefined : JSON.stringify(request.json)),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const isJson = response.headers.get('content-type')?.includes('json')
    const body = isJson ? JSON.parse(bytes.toString()) : null
    return { status: response.status, headers: response.headers, body, bytes }
  }

  return {
    baseUrl,
    send,
    /** `data` of an answer that must be a success. */
    async call(method: string, target: string, request?: TourRequest): Promise<any> {
      const { status, body } = await send(method, target, request)
      if (status !== 200)
        throw new Error(`${method} ${target} 应答 ${status}：${body?.message ?? body?.msg ?? '没有说明'}`)
      return body.data
    },
    /** An answer that must be refused with this status. */
    async refused(status: number, method: string, target: string, request?: TourRequest): Promise<Answer> {
      const answer = await send(method, target, request)
      if (answer.status !== status) throw new Error(`${method} ${target} 应答 ${answer.status}，应为 ${status}`)
      return answer
    },
  }
}

function headersOf({ token, json, headers }: TourRequest): Record<string, string> {
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  }
}

export type TourClient = ReturnType<typeof createTourClient>

/** @throws Error with this sentence when a step does not hold */
export function hold(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence)
}
