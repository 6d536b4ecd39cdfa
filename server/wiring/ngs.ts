import type { Config } from '../config/config'
import { createHttpClient, type HttpClientOptions } from '../connectors/kit/http'
import { createNgs, type Ngs } from '../connectors/ngs'

type ClientParts = Required<Pick<HttpClientOptions, 'log' | 'onCall'>>

/** Null where ngs is not configured. */
export function connectNgs({ ngs }: Config, client: ClientParts, sandboxUrl?: string): Ngs | null {
  const baseUrl = ngs?.baseUrl || sandboxUrl
  if (!ngs || !baseUrl) return null
  return createNgs({
    config: ngs,
    http: createHttpClient({ ...client, upstream: 'ngs', baseUrl }),
    log: client.log,
  })
}
