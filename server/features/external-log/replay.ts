import type { ReplayResult } from '../../../types/api/sessions'
import { NO_CREDENTIAL } from '../../connectors/external-site/credential'
import { isReading } from '../../connectors/external-site/profiles'
import type { HttpCall } from '../../connectors/kit/http'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Database } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { shanghaiTime } from '../../time'
import type { AuditService } from '../audit/service'
import type { ExternalSessionService } from '../external-sessions/service'
import type { EndpointRow } from '../external-systems/repository'
import type { ExternalSystemService } from '../external-systems/service'
import { type ExternalLog, MAX_ENDPOINT } from './service'

export interface ReplayDeps {
  externalLog: Pick<ExternalLog, 'get'>
  systems: Pick<ExternalSystemService, 'find' | 'probe'>
  sessions: Pick<ExternalSessionService, 'hold' | 'firstAccount'>
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

type Logged = Awaited<ReturnType<ExternalLog['get']>>
interface Content {
  query?: Record<string, string>
  json?: object
}

/** Recorded calls of external systems, made once more. */
export function createReplay(deps: ReplayDeps) {
  const { externalLog, systems, sessions, audit, transaction, now } = deps

  return {
    /**
     * Repeats a call that reads, under the login there is now.
     * @throws AppError NOT_FOUND, INVALID_INPUT where it writes or what was sent is masked, or why there is no login
     */
    async run(who: StaffPrincipal, id: string): Promise<ReplayResult> {
      const logged = await externalLog.get(id)
      if (!(await systems.find(logged.system_name))) throw refused('只能重放外部系统的调用')
      const content = contentOf(logged)
      const calls: HttpCall[] = []
      const { open, endpoints } = await systems.probe(logged.system_name, null, (call) => void calls.push(call))
      try {
        const endpoint = placed(endpoints, logged)
        const account = logged.account || (await sessions.firstAccount(logged.system_name))
        const isLoggedIn = endpoint.require_auth && account
        const held = isLoggedIn ? await sessions.hold({ system: logged.system_name, account }) : null
        await open.site.call(held?.credential ?? NO_CREDENTIAL, account, { endpoint, ...content }).catch(onlyUpstream)
        const target = `${logged.system_name} ${logged.request_method} ${logged.api_endpoint}`
        const detail = { log_id: id, account }
        await transaction((trx) => audit.record(trx, who, { action: 'external.replay', target, detail }))
        return { ...factsOf(logged, account), now: after(calls.at(-1), now()) }
      } finally {
        await open.site.close()
      }
    },
  }
}

export type ExternalReplay = ReturnType<typeof createReplay>

const refused = (message: string) => new AppError('INVALID_INPUT', { message })

/** A call that failed is a result too. */
function onlyUpstream(error: unknown): void {
  if (!(error instanceof UpstreamError)) throw error
}

/** What was sent, unless the record does not hold all of it. */
function contentOf({ request_payload, api_endpoint, request_method }: Logged): Content {
  const { query, body } = (request_payload ?? {}) as { query?: Record<string, string>; body?: unknown }
  const text = JSON.stringify(request_payload ?? '') + api_endpoint
  const isCut = /… \(\d+ characters\)/.test(text) || api_endpoint.length >= MAX_ENDPOINT
  if (text.includes('***') || isCut) throw refused('记录中的参数已隐去或截断，无法重放')
  const hasBody = request_method !== 'GET' && typeof body === 'object' && body !== null
  return { ...(query ? { query } : {}), ...(hasBody ? { json: body } : {}) }
}

/** The catalogue's endpoint with the path as it was called. @throws AppError INVALID_INPUT where it does not only read */
function placed(endpoints: EndpointRow[], { api_endpoint: path, request_method: method }: Logged): EndpointRow {
  const named = endpoints.filter(({ endpoint }) => pathOf(endpoint).test(path))
  const found = named.find(({ http_method }) => http_method === method) ?? named[0]
  const isAllowed = found ? found.http_method === method && isReading(found) : method === 'GET'
  if (!isAllowed) throw refused('只能重放读取数据的调用')
  return { ...(found ?? UNNAMED), endpoint: path, http_method: method }
}

const UNNAMED = { name: '', require_auth: true } as EndpointRow

/** A catalogued path; `{id}` in it stands for anything. */
function pathOf(endpoint: string): RegExp {
  const [path = ''] = endpoint.split('?')
  const parts = path.split('{id}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}$`)
}

const factsOf = (logged: Logged, account: string | null) => ({
  log_id: logged.id,
  system_name: logged.system_name,
  account,
  method: logged.request_method,
  endpoint: logged.api_endpoint,
  before: {
    status: logged.response_status,
    ms: logged.response_time_ms ?? 0,
    body: logged.response_body,
    error: logged.error_message,
    time: logged.create_time,
  },
})

const after = (call: HttpCall | undefined, time: Date) => ({
  status: call?.status ?? null,
  ms: Math.round(call?.ms ?? 0),
  body: call?.binary ? { bytes: call.binary.length } : (call?.responseBody ?? null),
  error: call ? call.error : '没有发出请求：外部系统刚刚无法访问',
  time: shanghaiTime(time),
})
