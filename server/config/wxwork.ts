import { z } from 'zod'

export interface WxworkConfig {
  /** False: there is no gateway; its routes say so. */
  enabled: boolean
  /** Empty: the sandbox's address is filled in at start. */
  baseUrl: string
  /** Where the gateway finds us; null: our own address. */
  callbackUrl: string | null
  /** Newest events kept per session. */
  maxEvents: number
  monitorIntervalMs: number
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })

export const wxworkVariables = {
  WXWORK_BASE_URL: httpUrl.optional(),
  CALLBACK_URL: httpUrl.optional(),
  MAX_EVENTS: z.coerce.number('must be a number').int().min(1).max(10_000).default(100),
  MONITOR_INTERVAL_MS: z.coerce.number('must be a number').int().min(100).max(86_400_000).default(45_000),
}

const variables = z.object(wxworkVariables)

/** The sandbox needs no configuration. */
export function wxworkConfig(env: z.infer<typeof variables>, live: boolean): WxworkConfig {
  return {
    enabled: !live || env.WXWORK_BASE_URL !== undefined,
    baseUrl: env.WXWORK_BASE_URL?.replace(/\/+$/, '') ?? '',
    callbackUrl: env.CALLBACK_URL ?? null,
    maxEvents: env.MAX_EVENTS,
    monitorIntervalMs: env.MONITOR_INTERVAL_MS,
  }
}

const CALLBACK_PATH = '/callback/wxwork'

/** The full address of the callback; the secret is added where the configured one ends before it. */
export function callbackUrlOf(
  { wxwork, publicUrl, port }: { wxwork: WxworkConfig; publicUrl: string; port: number },
  secret: string,
): string {
  const url = (wxwork.callbackUrl ?? `${publicUrl || `http://localhost:${port}`}${CALLBACK_PATH}`).replace(/\/+$/, '')
  return url.endsWith(CALLBACK_PATH) ? `${url}/${secret}` : url
}
