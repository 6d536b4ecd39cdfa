import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpClient } from '../../../server/connectors/kit/http'
import { createWxwork } from '../../../server/connectors/wxwork'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A gateway that writes down what it gets and answers what was typed from the document. */
async function connect(body: unknown, { status = 200, hang = false } = {}) {
  const received: { line: string; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ line: `${request.method} ${request.url}`, body: JSON.parse(Buffer.concat(chunks).toString()) })
    if (hang) return
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => void (server.closeAllConnections(), server.close()))
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const wxwork = createWxwork({ http: createHttpClient({ upstream: 'wxwork', baseUrl, log, timeoutMs: 300 }), log })
  cleanups.push(wxwork.close)
  return { wxwork, received }
}
const ok = (data: unknown) => ({ data, errcode: 0, errmsg: 'ok' })
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { kind: string }) => error.kind,
  )
const INIT = {
  vid: '1688',
  ip: '',
  port: '',
  proxyType: '',
  userName: '',
  passward: '',
  proxySituation: 0,
  deverType: 'ipad',
}

test('requests as the document spells them', async () => {
  const { wxwork, received } = await connect(ok({ uuid: 'U', list: [] }))
  await wxwork.init(INIT)
  await wxwork.setCallbackUrl('U', 'http://us')
  await wxwork.checkCode({ uuid: 'U', qrcodeKey: 'K', code: '123456' })
  await wxwork.automaticLogin('U')
  await wxwork.getRunClient()
  await wxwork.sendText({ uuid: 'U', kfId: 0, to: '788', isRoom: false, content: 'hi' })
  await wxwork.innerContacts({ uuid: 'U', limit: 10, strSeq: '' })
  await wxwork.externalContacts({ uuid: 'U', limit: 10, strSeq: '5' })
  await wxwork.loginOut('U')
  await wxwork.closeConnection('U')
  expect(received).toEqual([
    { line: 'POST /wxwork/init', body: INIT },
    { line: 'POST /wxwork/SetCallbackUrl', body: { uuid: 'U', url: 'http://us' } },
    { line: 'POST /wxwork/CheckCode', body: { uuid: 'U', qrcodeKey: 'K', code: '123456' } },
    { line: 'POST /wxwork/automaticLogin', body: { uuid: 'U' } },
    { line: 'POST /wxwork/GetRunClient', body: {} },
    {
      line: 'POST /wxwork/SendTextMsg',
      body: { uuid: 'U', kf_id: 0, send_userid: '788', isRoom: false, content: 'hi' },
    },
    { line: 'POST /wxwork/GetInnerContacts', body: { uuid: 'U', limit: 10, strSeq: '' } },
    { line: 'POST /wxwork/GetExternalContacts', body: { uuid: 'U', limit: 10, strSeq: '5' } },
    { line: 'POST /wxwork/LoginOut', body: { uuid: 'U' } },
    { line: 'POST /wxwork/CloseConnent', body: { uuid: 'U' } },
  ])
})

test.each([
  ['false', false],
  ['true', true],
  [false, false],
  [true, true],
])('is_login %p', async (is_login, isLogin) => {
  const { wxwork } = await connect(ok({ uuid: 'U', is_login }))
  expect(await wxwork.init(INIT)).toMatchObject({ uuid: 'U', isLogin })
})

test.each([
  [{ Key: 'K' }, 'K'],
  [{ key: 'K' }, 'K'],
  [{ qrcodeKey: 'K' }, 'K'],
  [{ qrcode_key: 'K' }, 'K'],
  [{}, 'E67B5AE16A'],
])('the QR key in %j', async (names, qrcodeKey) => {
  const { wxwork } = await connect(ok({ qrcode: 'https://wx.example.com/q/E67B5AE16A.png?x=1', Ttl: 600, ...names }))
  expect(await wxwork.getQrCode('U')).toMatchObject({ qrcodeKey, ttlSeconds: 600 })
})

test.each<[string, object, string, string]>([
  ['not initialised', { loginType: 0 }, 'offline', ''],
  ['waiting', { loginType: 1, user_info: { isLogin: false } }, 'waiting', ''],
  ['in', { loginType: 2, user_info: { isLogin: true, userid: 1688, object: { nickname: '甲' } } }, 'online', '1688'],
  ['in, as text', { loginType: '2', user_info: { isLogin: 'true', userid: '1688' } }, 'online', '1688'],
  ['newer, in', { longLinkState: 'CONNECTED', userInfo: { userId: '1688', nickname: '甲' } }, 'online', '1688'],
  ['newer, closed', { longLinkState: 'CLOSED', userInfo: { userId: '1688' } }, 'offline', '1688'],
  ['newer, repairing', { longLinkState: 'RECONNECTING', userInfo: { userId: '1688' } }, 'busy', '1688'],
  ['newer, nobody', { longLinkState: 'CONNECTED', userInfo: null }, 'waiting', ''],
  [
    'both, link lost',
    { loginType: 2, longLinkState: 'CLOSED', user_info: { isLogin: true, userid: '1' } },
    'offline',
    '1',
  ],
])('a client that is %s', async (_case, data, status, vid) => {
  const { wxwork } = await connect(ok(data))
  expect(await wxwork.getRunClientByUuid('U')).toMatchObject({ status, vid })
})

test('the list of clients', async () => {
  const { wxwork } = await connect(ok([{ '1688': { isLogin: 'true', uuid: 'U', userid: '1688', object: {} } }]))
  expect((await wxwork.getRunClient()).clients).toEqual([{ vid: '1688', uuid: 'U', isLogin: true }])
})

test('errcode decides, also beside an errorcode', async () => {
  const fine = await connect({ data: {}, errcode: 0, errorcode: 5 })
  expect(await kindOf(fine.wxwork.automaticLogin('U'))).toBe('done')
  const no = await connect({ data: null, errcode: '40001', errmsg: 'qrcode_not need verify' })
  const error = await no.wxwork.checkCode({ uuid: 'U', qrcodeKey: 'K', code: '1' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    kind: 'rejected',
    detail: { reason: 'page-closed', errcode: 40001, raw: { errcode: '40001' } },
  })
})

test.each<[string, unknown, object, string]>([
  ['404', 'no', { status: 404 }, 'rejected'],
  ['500', '{}', { status: 500 }, 'unknown-outcome'],
  ['503', '', { status: 503 }, 'unavailable'],
  ['a page', '<html>', {}, 'unknown-outcome'],
  ['no errcode', { data: {} }, {}, 'unknown-outcome'],
  ['silence', '', { hang: true }, 'unknown-outcome'],
])('%s to a message', async (_case, body, options, kind) => {
  const { wxwork, received } = await connect(body, options)
  expect(await kindOf(wxwork.sendText({ uuid: 'U', kfId: 0, to: 'x', isRoom: false, content: 'x' }))).toBe(kind)
  expect(received).toHaveLength(1)
})

test('an init without a uuid', async () => {
  const { wxwork } = await connect(ok({}))
  await expect(wxwork.init(INIT)).rejects.toMatchObject({ kind: 'bad-response', detail: { reason: 'no-uuid' } })
})
