import { type ExternalSiteSandbox, startExternalSiteSandbox } from '../../../server/sandbox/external-site'
import { buildSystem, createSpyDecoder } from '../../support/external-site'
import { type MessagesApp, startMessagesApp, WXWORK_IDS } from '../../support/messages'

let app: MessagesApp
let site: ExternalSiteSandbox
beforeEach(async () => {
  site = await startExternalSiteSandbox({ kind: 'classic-cookie' })
  app = await startMessagesApp({ captchaDecoder: createSpyDecoder(() => site) })
  await app.logInAccount()
  await app.registerIds()
})
afterEach(async () => {
  await app.close()
  await site.close()
})

const base = '/api/v1/admin/external'
const session = () => app.api.post(`${base}/city/op1/session`, {}, app.crew.admin)
const reasonOf = async () => (await session()).body.data.reasonCode
const setPassword = (password: string) =>
  app.api.put(`${base}/systems/city`, { accounts: [{ account: 'op1', password }] }, app.crew.admin)

test('a changed page, a wrong password and a challenge reach the admins at the gateway’s door, once each', async () => {
  await app.api.post(`${base}/systems`, buildSystem(site, 'classic-cookie'), app.crew.admin)
  site.control({ changedPages: ['/captcha'] })
  expect([await reasonOf(), await reasonOf()]).toEqual(['SITE_CHANGED', 'SITE_CHANGED'])
  site.control({ changedPages: [], passwords: { op1: 'good-password' } })
  for (const password of ['wrong-1', 'wrong-2', 'wrong-3']) {
    await setPassword(password)
    expect([await reasonOf(), await reasonOf()]).toEqual(['PASSWORD_WRONG', 'PASSWORD_WRONG'])
  }
  await setPassword('good-password')
  expect([await reasonOf(), await reasonOf()]).toEqual(['CHALLENGE_OPEN', 'CHALLENGE_OPEN'])
  await app.deliver()

  const occurrences = [
    ['EXTERNAL_SITE_CHANGED', '外部系统页面已变化'],
    ...Array<[string, string]>(3).fill(['EXTERNAL_PASSWORD_WRONG', '外部系统拒绝账号或密码']),
    ['EXTERNAL_CHALLENGE', '外部系统需要人工输入验证码'],
  ] as const
  expect(app.texts().map(({ send_userid, content }) => [send_userid, content.split('\n')[0]])).toEqual(
    occurrences.map(([, title]) => [WXWORK_IDS.admin, `【${title}】`]),
  )
  for (const { content } of app.texts()) expect(content).toContain('city / op1')
  const { list } = (await app.api.get('/homecare/notifications?size=100', app.crew.admin)).body.data
  expect(list.map(({ event }: { event: string }) => event).toReversed()).toEqual(occurrences.map(([event]) => event))
})
