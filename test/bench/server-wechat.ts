/** WeChat's login interface and nothing else, so that what it costs is the same for all: the code is the openid. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { report } from './settings'

const server = createServer((request, response) => {
  const openid = new URL(request.url!, 'http://wechat').searchParams.get('js_code')
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ openid, session_key: 'bench' }))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
