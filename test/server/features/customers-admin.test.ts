import { ENGINES } from '../../support/engines'
import { addCrew, countOf, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const CUSTOMERS = '/api/v1/admin/customers'

describe.each(ENGINES)('customers as admins see them on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeEach(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterEach(() => app.close())
  const list = async (query = '') => (await app.api.get(`${CUSTOMERS}?${query}`, crew.dispatcher)).body.data.list
  const idOf = async (contact: string) => (await list(`q=${contact}`))[0].id as number
  const addCustomer = async (contact: string) => {
    const token = await app.api.customer(`demo-${contact}`)
    const profile = { contact, name: '研究院', phone: '13800138000', address: '北京' }
    expect((await app.api.put('/api/v1/user/profile', profile, { token })).status).toBe(200)
    return token
  }

  test('lists who they are, found by text, without openid and session', async () => {
    await addCustomer('zhao')
    const [row] = await list('q=zhao')
    expect(row).toEqual({
      id: expect.any(Number),
      name: '研究院',
      contact: 'zhao',
      phone: '13800138000',
      address: '北京',
      email: '',
      bound: true,
      disabled: false,
      ngs_customer_guid: null,
      create_time: '2026-03-02 10:00:00',
    })
    expect(await list('q=%25')).toEqual([])
  })

  test('a disabled customer is out at once and comes back when enabled', async () => {
    const token = await addCustomer('zhao')
    const id = await idOf('zhao')
    const profile = async () => (await app.api.get('/api/v1/user/profile', { token })).status
    expect((await app.api.post(`${CUSTOMERS}/${id}/disable`, undefined, crew.admin)).status).toBe(200)
    expect([await profile(), (await list('q=zhao'))[0].disabled]).toEqual([401, true])
    expect((await app.api.post(`${CUSTOMERS}/${id}/enable`, undefined, crew.admin)).status).toBe(200)
    expect(await profile()).toBe(200)
    const { body } = await app.api.get('/api/v1/admin/audit', crew.admin)
    expect(body.data.list.map((line: any) => [line.action, line.target])).toEqual([
      ['customer.enable', String(id)],
      ['customer.disable', String(id)],
    ])
  })

  test('disables once per Idempotency-Key', async () => {
    await addCustomer('zhao')
    await addCustomer('qian')
    const request = { ...crew.admin, headers: { 'idempotency-key': 'once' } }
    const disable = async (contact: string) =>
      app.api.post(`${CUSTOMERS}/${await idOf(contact)}/disable`, undefined, request)
    const [one, two] = [await disable('zhao'), await disable('zhao')]
    expect([one.status, two.body]).toEqual([200, one.body])
    expect(await countOf(app, 'audit_log')).toBe(1)
    expect((await disable('qian')).status).toBe(422)
  })

  test('only admins disable, and only somebody who is there', async () => {
    await addCustomer('zhao')
    const path = `${CUSTOMERS}/${await idOf('zhao')}/disable`
    for (const who of [crew.dispatcher, crew.worker])
      expect((await app.api.post(path, undefined, who)).status).toBe(403)
    expect((await app.api.post(`${CUSTOMERS}/999999/disable`, undefined, crew.admin)).status).toBe(404)
    expect((await app.api.post(`${CUSTOMERS}/x/disable`, undefined, crew.admin)).status).toBe(400)
  })
})
