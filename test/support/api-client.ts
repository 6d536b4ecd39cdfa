export interface ApiAnswer {
  status: number
  headers: Headers
  // Answers are read by tests field by field; their shape is what the tests are about.
  body: any
}

export interface ApiRequest {
  token?: string
  headers?: Record<string, string>
  json?: unknown
  form?: FormData
}

/** Talks to a server as any client would. */
export function createApiClient(baseUrl: string) {
  async function send(
    method: string,
    path: string,
    { token, headers = {}, json, form }: ApiRequest = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(path.startsWith('http') ? path : baseUrl + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text }
  }

  return {
    get: (path: string, request?: ApiRequest) => send('GET', path, request),
    post: (path: string, json?: unknown, request?: ApiRequest) => send('POST', path, { ...request, json }),
    put: (path: string, json?: unknown, request?: ApiRequest) => send('PUT', path, { ...request, json }),
    patch: (path: string, json?: unknown, request?: ApiRequest) => send('PATCH', path, { ...request, json }),
    upload: (path: string, form: FormData, request?: ApiRequest) => send('POST', path, { ...request, form }),
    send,
    /** Logs a demo customer in. */
    async customer(code = 'demo-customer'): Promise<string> {
      const { body } = await send('POST', '/api/v1/wechat/login', { json: { code } })
      return body.data.token
    },
    /** Logs staff in. */
    async staff(email: string, password = 'password123'): Promise<string> {
      const { body } = await send('POST', '/auth/email-login', { json: { email, password } })
      return body.data.token
    },
  }
}

export type ApiClient = ReturnType<typeof createApiClient>
