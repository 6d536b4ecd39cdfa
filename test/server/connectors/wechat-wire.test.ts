import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpCall, createHttpClient } from '../../../server/connectors/kit/http'
import { createWechat } from '../../../server/connectors/wechat'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const message = { openId: 'oUser', templateId: 'tpl-1', fields: { thing1: '离心机检修', time2: '2026年1月1日 15:01' } }

interface Exchange {
  send: string
  body?: string
  answer: string
  type?: string
}

async function replay(exchanges: Exchange[]) {
  const received: { line: string; body: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ line: `${request.method} ${request.url}`, body: Buffer.concat(chunks).toString() })
    const { answer = '', type = 'application/json; encoding=utf-8' } = exchanges[received.length - 1] ?? {}
    response.writeHead(200, { 'Content-Type': type }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  cleanups.push(() => void (server.closeAllConnections(), server.close()))
  const verify = () => {
    expect(received.map(({ line }) => line)).toEqual(exchanges.map(({ send }) => send))
    for (const [index, { body }] of exchanges.entries()) {
      if (body) expect(JSON.parse(received[index]?.body ?? '')).toEqual(JSON.parse(body))
    }
  }
  return { verify, ...connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) }
}

const login = 'GET /sns/jscode2session?appid=wx-app&secret=s3cret&js_code=0a3X&grant_type=authorization_code'
const tokenExchange = (token: string, force = false): Exchange => ({
  send: 'POST /cgi-bin/stable_token',
  body: `{"grant_type":"client_credential","appid":"wx-app","secret":"s3cret","force_refresh":${force}}`,
  answer: `{"access_token":"${token}","expires_in":7200}`,
})

function connect(baseUrl: string) {
  const calls: HttpCall[] = []
  const logged: unknown[] = []
  const record = (...entry: unknown[]) => void logged.push(entry)
  const log = { info: record, warn: record, error: record }
  const http = createHttpClient({ upstream: 'wechat', baseUrl, log, onCall: (call) => calls.push(call) })
  cleanups.push(http.close)
  const wechat = createWechat({ config: { appId: 'wx-app', secret: 's3cret', baseUrl }, http, log })
  return { wechat, calls, logged }
}

/** Answers as WeChat's documentation and service give them, byte for byte, to what the docs say is to be sent. */
describe('WeChat on the wire', () => {
  it('code2Session answers text/plain with a session_key that goes nowhere', async () => {
    const answer = '{"session_key":"tiihtNczf5v6AKRyjwEUhQ==","openid":"oGZUI0egBJY1zhBYw2KhdUfwVJJE"}'
    const { wechat, calls, logged, verify } = await replay([{ send: login, answer, type: 'text/plain' }])
    const identity = await wechat.exchangeCode('0a3X')
    expect(identity).toEqual({ openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', unionId: null })
    expect(JSON.stringify([identity, calls, logged])).not.toContain('tiihtNczf5v6AKRyjwEUhQ')
    verify()
  })

  it('code2Session gives a unionid, also beside errcode 0', async () => {
    const answer =
      '{"openid":"xxxxxx","session_key":"xxxxx","unionid":"oAAAAAAAAAAAAAAAAAAAAAAAAAAA","errcode":0,"errmsg":"ok"}'
    const { wechat } = await replay([{ send: login, answer }])
    expect(await wechat.exchangeCode('0a3X')).toEqual({ openId: 'xxxxxx', unionId: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA' })
  })

  it('code2Session refuses a used code with HTTP 200', async () => {
    const answer = '{"errcode":40163,"errmsg":"code been used, rid: 6554a2b1-2c9f9a1e-5d3b7c11"}'
    const { wechat } = await replay([{ send: login, answer, type: 'text/plain' }])
    await expect(wechat.exchangeCode('0a3X')).rejects.toMatchObject({
      kind: 'rejected',
      detail: { reason: 'code-invalid', errcode: 40163, rid: '6554a2b1-2c9f9a1e-5d3b7c11' },
    })
  })

  it.each(['{"session_key":"x"}', '{"openid":""}', '[]', 'null', ''])(
    'code2Session %s is a bad response',
    async (answer) => {
      const { wechat } = await replay([{ send: login, answer }])
      await expect(wechat.exchangeCode('0a3X')).rejects.toMatchObject({ kind: 'bad-response' })
    },
  )

  it('getPhoneNumber gives a country code as a number and a +86 number', async () => {
    const answer =
      '{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"+8613580006666","purePhoneNumber":"13580006666",' +
      '"countryCode":86,"watermark":{"timestamp":1637744274,"appid":"wx-app"}}}'
    const { wechat, verify } = await replay([
      tokenExchange('T1'),
      { send: 'POST /wxa/business/getuserphonenumber?access_token=T1', body: '{"code":"e31968a7"}', answer },
    ])
    expect(await wechat.phoneNumber('e31968a7')).toEqual({ phone: '13580006666', countryCode: '86' })
    verify()
  })

  it('msgSecCheck answers with a verdict', async () => {
    const answer =
      '{"errcode":0,"errmsg":"ok","result":{"suggest":"risky","label":20001},"detail":[{"strategy":"content_model",' +
      '"errcode":0,"suggest":"risky","label":20006,"prob":90}],"trace_id":"60ae120f-371d5872-7941a05b"}'
    const { wechat, verify } = await replay([
      tokenExchange('T1'),
      {
        send: 'POST /wxa/msg_sec_check?access_token=T1',
        body: '{"version":2,"scene":3,"openid":"oUser","content":"文本"}',
        answer,
      },
    ])
    expect(await wechat.checkText({ openId: 'oUser', content: '文本', scene: 'forum' })).toBe('risky')
    verify()
  })

  it('subscribeMessage.send with a stale token: forced refresh, then the same message', async () => {
    const stale = '{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: 61-72-83"}'
    const body =
      '{"touser":"oUser","template_id":"tpl-1","data":{"thing1":{"value":"离心机检修"},' +
      '"time2":{"value":"2026年1月1日 15:01"}},"miniprogram_state":"formal","lang":"zh_CN"}'
    const send = 'POST /cgi-bin/message/subscribe/send?access_token='
    const { wechat, verify } = await replay([
      tokenExchange('OLD'),
      { send: `${send}OLD`, body, answer: stale },
      tokenExchange('NEW', true),
      { send: `${send}NEW`, body, answer: '{"errcode":0,"errmsg":"ok","msgid":3283920137824092164}' },
    ])
    await wechat.sendSubscribeMessage(message)
    verify()
  })

  it('subscribeMessage.send tells that the user takes no message', async () => {
    const answer = '{"errcode":43101,"errmsg":"user refuse to accept the msg rid: 5f6e-0b1a"}'
    const { wechat } = await replay([
      tokenExchange('T1'),
      { send: 'POST /cgi-bin/message/subscribe/send?access_token=T1', answer },
    ])
    await expect(wechat.sendSubscribeMessage(message)).rejects.toMatchObject({
      kind: 'rejected',
      detail: { reason: 'no-credit' },
    })
  })
})
