import { type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import { outboxRows, send, submitTask } from '../../support/ngs'

let external: ExternalSiteApp
beforeEach(async () => {
  external = await startExternalSite({ ngs: true, wxwork: true })
})
afterEach(() => external.close())

const ID = 'trace-of-this-request'
const traced = (requests: { headers: Record<string, unknown> }[]) =>
  requests.map(({ headers }) => headers['x-trace-id'])
const logs = async (system: string) =>
  (await external.app.api.get(`/api/v1/admin/external/logs?system=${system}`, external.admin)).body.data.list

test('calls to every partner carry the id of the request they are made for, and are recorded with it', async () => {
  const { api, sandbox } = external.app
  const headers = { 'x-trace-id': ID }
  await api.post('/api/v1/wechat/login', { code: 'demo-traced' }, { headers })
  await api.post('/ngs/wo/close', { oId: 'O', taskId: 'T' }, { ...external.admin, headers })
  await api.post('/api/v1/admin/external/city/op1/session', {}, { ...external.admin, headers })
  await api.post('/api/upstream-check', {}, { ...external.admin, headers })
  expect(traced(sandbox.wechat.requests())).toEqual([ID])
  expect(traced(sandbox.ngs.requests())).toEqual([ID])
  expect(new Set(traced(external.site.requests()))).toEqual(new Set([ID]))
  expect(traced(sandbox.wxwork.requests())).toContain(ID)
  for (const system of ['wechat', 'ngs', 'city', 'wxwork'])
    expect((await logs(system)).map((row: any) => row.trace_id)).toContain(ID)
})

test('an owed write carries the id of its entry, whoever caused it', async () => {
  const customer = { token: await external.app.api.customer() }
  await submitTask(external.app, { customer })
  await send(external.app)
  const [entry] = await outboxRows(external.app)
  expect(traced(external.app.sandbox.ngs.requests())).toEqual([entry!.id])
})
