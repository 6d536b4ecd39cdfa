/** What the servers of one run share; reaches them through the environment of their process. */
export interface ServerSettings {
  /** SQLite file of this server alone. */
  file: string
  dataDir: string
  /** Tokens are checked with a key object instead of the secret's text, which jsonwebtoken parses anew every time. */
  preparedKey: boolean
  /** Where WeChat is. */
  wechatUrl: string
}

export const SETTINGS_VARIABLE = 'BENCH_SETTINGS'
export const JWT_SECRET = 'bench-secret-of-no-value'
export const EVENT_KEY = 'bench-event-key-of-no-value'
export const CALLBACK_SECRET = 'bench-callback-secret'
export const WECHAT = { appId: 'wxbench', secret: 'bench-wechat-secret' }
export const ISSUER = 'field-service'

export const readSettings = (): ServerSettings => JSON.parse(process.env[SETTINGS_VARIABLE]!) as ServerSettings

/** Messages of a server to the process that started it. */
export type ServerMessage = { ready: number } | { usage: Usage }

export interface Usage {
  /** Resident memory in bytes: now, and the highest since the last question. */
  rss: { now: number; peak: number }
  /** Processor time of the process so far, microseconds. */
  cpu: number
}

/** Tells the parent where this server listens, and when asked what it has used. */
export function report(port: number): void {
  let peak = 0
  setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20).unref()
  process.on('message', (message) => {
    if (message !== 'usage') return
    const now = process.memoryUsage.rss()
    const { user, system } = process.cpuUsage()
    const usage = { rss: { now, peak: Math.max(peak, now) }, cpu: user + system }
    process.send!({ usage } satisfies ServerMessage)
    peak = now
  })
  process.on('disconnect', () => process.exit(0))
  process.send!({ ready: port } satisfies ServerMessage)
}
