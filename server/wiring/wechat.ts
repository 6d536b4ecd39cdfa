import type { Config } from '../config/config'
import { createHttpClient, type HttpClientOptions } from '../connectors/kit/http'
import { createWechat, type Wechat } from '../connectors/wechat'
import type { TokenShelf } from '../connectors/wechat/session'

type ClientParts = Required<Pick<HttpClientOptions, 'log' | 'onCall'>>

/** An upstream without configuration is not built; its routes say so. */
export function connectWechat(
  { wechat }: Config,
  { shelf, ...client }: ClientParts & { shelf?: TokenShelf },
  sandboxUrl?: string,
): Wechat | null {
  const baseUrl = wechat?.baseUrl || sandboxUrl
  if (!wechat || !baseUrl) return null
  return createWechat({
    config: { ...wechat, baseUrl },
    http: createHttpClient({ ...client, upstream: 'wechat', baseUrl }),
    log: client.log,
    shelf,
  })
}
