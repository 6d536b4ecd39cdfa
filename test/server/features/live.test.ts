import { once } from 'node:events'
import { connect } from 'node:net'
import { KEPT_EVENTS } from '../../../server/features/live/service'
import { createLocalTransport } from '../../../server/features/live/transport'
import { openEventStream, type EventStream } from '../../support/event-stream'
import { startExternalSite } from '../../support/external-site'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addVisitedOrder,
  type Crew,
  NO_LIMITS,
  northOfSite,
} from '../../support/field-work'
import { BACKENDS, useBackend } from '../../support/redis'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'
import { startWxworkApp } from '../../support/wxwork'

const STREAM = '/api/v1/admin/events/stream'
const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` })

describe.each(BACKENDS)('the event stream (%s)', (backend) => {
  const { env } = useBackend(backend)
  let app: TestApp
  let crew: Crew
  const open: EventStream[] = []
  beforeAll(async () => {
    app = await startTestApp({ ngs: true, ...NO_LIMITS, env: env() })
    crew = await addCrew(app)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stream) => stream.close()))
    await until(() => watchers() === 0, 'the end of every connection')
  })
  afterAll(() => app.close())

  async function listen(headers: Record<string, string> = bearer(crew.dispatcher), query = '') {
    const stream = await openEventStream(app.url, headers, query)
    open.push(stream)
    if (stream.response.ok) await stream.until(() => stream.messages[0])
    return stream
  }
  const watchers = () => app.context.live.watchers()
  const publish = (id: string) => app.context.live.publish({ topic: 'task', id, event: 'TEST' })

  test('is kept from proxies and caches', async () => {
    const { response } = await listen()
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
  })

  test('is for dispatchers and admins, by bearer or by cookie', async () => {
    expect((await listen(bearer(crew.admin))).response.status).toBe(200)
    expect((await listen({ cookie: `staff_token=${crew.dispatcher.token}` })).response.status).toBe(200)
    expect((await listen(bearer(crew.worker))).response.status).toBe(403)
    expect((await listen(bearer(crew.customer))).response.status).toBe(403)
    expect((await listen({})).response.status).toBe(401)
    expect((await listen(bearer({ token: 'forged' }))).response.status).toBe(401)
  })

  test('tells what happens to a task from submission to review', async () => {
    const stream = await listen()
    const { workOrderId, visitId } = await addVisitedOrder(app, crew)
    const leave = { workOrderId, ...northOfSite(5), summary: '已修复' }
    await app.api.post('/homecare/checkout', leave, crew.worker)
    await app.api.post(`/homecare/visits/${visitId}/review`, { decision: 'confirm' }, crew.dispatcher)
    await stream.event('visit', 'VISIT_REVIEWED')
    const own = stream.messages.filter(({ data }) => data.work_order_id === workOrderId)
    expect(own.map(({ data }) => [data.topic, data.event, data.id])).toEqual(
      expect.arrayContaining([
        ['task', 'SUBMITTED', workOrderId],
        ['task', 'DISPATCHED', workOrderId],
        ['task', 'ACCEPTED', workOrderId],
        ['visit', 'CHECKED_IN', visitId],
        ['visit', 'CHECKED_OUT', visitId],
        ['visit', 'VISIT_REVIEWED', visitId],
      ]),
    )
    expect(own[0]!.data.at).toBe(app.clock.now().toISOString())
  })

  test('tells of staff notifications and of outbox entries as they are owed and sent', async () => {
    const stream = await listen()
    await addDispatchedOrder(app, crew)
    expect((await stream.event('notification', 'DISPATCHED')).data.work_order_id).not.toBeNull()
    const owed = await stream.event('outbox', 'PENDING')
    await app.context.outboxWorker.run()
    const sent = await stream.until(() =>
      stream.messages.find(({ data }) => data.id === owed.data.id && data.event === 'SENT'),
    )
    const states = stream.messages.filter(({ data }) => data.id === sent.data.id).map(({ data }) => data.event)
    expect(states).toEqual(['PENDING', 'SENDING', 'SENT'])
  })

  test('is silent about what was rolled back', async () => {
    const stream = await listen()
    const workOrderId = await addAcceptedOrder(app, crew)
    // The event is written before the file is looked for.
    const step = { step: 2, description: '检测', fileIds: ['0195b000-0000-7000-8000-000000000000'] }
    const refused = await app.api.post(`/homecare/work-orders/${workOrderId}/steps`, step, crew.worker)
    expect(refused.status).toBe(400)
    publish('after')
    await stream.until(() => stream.messages.find(({ data }) => data.id === 'after'))
    expect(stream.told()).toContain('task ACCEPTED')
    expect(stream.told()).not.toContain('task STEP_ENTERED')
    await app.api.post(`/homecare/work-orders/${workOrderId}/steps`, { ...step, fileIds: [] }, crew.worker)
    await stream.event('task', 'STEP_ENTERED')
  })

  test('resumes after the event a page saw last, by header or by query', async () => {
    const first = await listen()
    publish('one')
    const seen = await first.until(() => first.messages.find(({ data }) => data.id === 'one'))
    await first.close()
    publish('two')
    publish('three')
    for (const again of [
      await listen({ ...bearer(crew.dispatcher), 'last-event-id': seen.id }),
      await listen(bearer(crew.dispatcher), `?last_event_id=${seen.id}`),
    ]) {
      await again.until(() => again.messages.find(({ data }) => data.id === 'three'))
      expect(again.messages.map(({ event, data }) => [event, data.id])).toEqual([
        ['ready', undefined],
        ['message', 'two'],
        ['message', 'three'],
      ])
    }
  })

  test('a page that had seen nothing yet resumes from where it came in', async () => {
    const first = await listen()
    const { id } = first.messages[0]!
    await first.close()
    publish('missed')
    const again = await listen({ ...bearer(crew.dispatcher), 'last-event-id': id })
    await again.until(() => again.messages.find(({ data }) => data.id === 'missed'))
  })

  test('a page that was away too long, or comes from another process, is told to start anew', async () => {
    publish('old')
    const old = app.context.live.position()
    for (let i = 0; i <= KEPT_EVENTS; i++) publish(`flood ${i}`)
    for (const id of [old, '000000000000-1', 'nonsense', `${app.context.live.position()}9`]) {
      const stream = await listen({ ...bearer(crew.dispatcher), 'last-event-id': id })
      expect(stream.messages.map(({ event }) => event)).toEqual(['reset'])
      expect(stream.messages[0]!.id).toBe(app.context.live.position())
    }
  })

  test('shows that it is alive', async () => {
    const stream = await listen()
    app.context.live.beat()
    await stream.until(() => (stream.comments() > 0 ? true : undefined))
    expect(stream.isOpen()).toBe(true)
  })

  test('ends with the account or the token', async () => {
    const [disabled, expired, stays] = [
      await listen(bearer(crew.dispatcher)),
      await listen(bearer({ token: app.context.tokens.issue('staff', crew.adminId) })),
      await listen(bearer(crew.admin)),
    ]
    await app.api.post(`/api/v1/admin/staff/${crew.dispatcherId}/disable`, {}, crew.admin)
    app.context.live.beat()
    await disabled!.ended()
    expect(stays!.isOpen()).toBe(true)
    app.clock.advance(13 * 3600 * 1000)
    app.context.live.beat()
    await expired!.ended()
    await stays!.ended()
    crew.admin = { token: app.context.tokens.issue('staff', crew.adminId) }
    await app.api.post(`/api/v1/admin/staff/${crew.dispatcherId}/enable`, {}, crew.admin)
    app.clock.advance(1000)
    crew.dispatcher = { token: app.context.tokens.issue('staff', crew.dispatcherId) }
  })

  test('forgets a page that has gone', async () => {
    const stream = await listen()
    expect(watchers()).toBe(1)
    await stream.close()
    await until(() => watchers() === 0, 'the end of every connection')
  })

  test('one person cannot hold any number of connections', async () => {
    const streams = []
    for (let i = 0; i < 13; i++) streams.push(await listen())
    expect(streams.map(({ response }) => response.status).filter((status) => status === 200)).toHaveLength(12)
    expect(streams[12]!.response.status).toBe(429)
    expect(streams[12]!.response.headers.get('retry-after')).toBe('20')
    expect((await listen(bearer(crew.admin))).response.status).toBe(200)
  })

  test('a reader that does not read is cut, and the others go on', async () => {
    const { hostname, port } = new URL(app.url)
    const reader = await listen()
    const before = watchers()
    const deaf = connect(Number(port), hostname)
    await once(deaf, 'connect')
    deaf.write(`GET ${STREAM} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${crew.dispatcher.token}\r\n\r\n`)
    await once(deaf, 'readable')
    expect(watchers()).toBe(before + 1)
    const long = 'x'.repeat(8_000)
    for (let i = 0; i < 300 && watchers() > before; i++) {
      for (let part = 0; part < 8; part++) publish(`${long}${i}.${part}`)
      const last = `${long}${i}.7`
      await reader.until(() => reader.messages.find(({ data }) => data.id === last))
      reader.messages.length = 0
    }
    expect(watchers()).toBe(before)
    expect(reader.isOpen()).toBe(true)
    deaf.destroy()
  })

  test('says so when it is over, and takes nobody in any more', async () => {
    const stream = await listen()
    app.context.live.close()
    await stream.ended()
    expect((await listen()).response.status).toBe(503)
  })
})

describe.each(BACKENDS)('two processes (%s)', (backend) => {
  const { env } = useBackend(backend)

  test('what one publishes both show once, whichever it was', async () => {
    const shared = backend === 'alone' ? { liveTransport: createLocalTransport() } : { env: env() }
    const options = { ...NO_LIMITS, ...shared }
    const apps = [await startTestApp(options), await startTestApp(options)]
    const streams: EventStream[] = []
    for (const app of apps) streams.push(await openEventStream(app.url, bearer((await addCrew(app)).admin)))
    const seen = (id: string) =>
      streams.map(({ messages }) => messages.filter(({ data }) => data.id === id).length).join()
    const publish = (app: TestApp, id: string) =>
      app.context.live.publish({ topic: 'session', id, event: 'SESSION_STATE' })
    for (const [index, app] of apps.entries()) {
      // A transport may take a moment until it carries.
      await until(() => {
        publish(app, `try ${index}`)
        return !seen(`try ${index}`).split(',').includes('0')
      }, 'the first event')
      publish(app, `told ${index}`)
      await until(() => seen(`told ${index}`) === '1,1', 'an event at both')
    }
    expect([seen('told 0'), seen('told 1')]).toEqual(['1,1', '1,1'])
    await Promise.all(streams.map((stream) => stream.close()))
    await Promise.all(apps.map((app) => app.close()))
  })
})

test('sessions, challenges and pulls of external systems are told of', async () => {
  const site = await startExternalSite({ decoder: null })
  const stream = await openEventStream(site.app.url, bearer(site.admin))
  await stream.until(() => stream.messages[0])
  await site.session()
  const opened = await stream.event('challenge', 'OPENED')
  expect((await stream.event('session', 'SESSION_STATE')).data.id).toBe('city/op1')
  const [{ id }] = await site.challenges()
  expect(opened.data.id).toBe(id)
  await site.answer(id, site.site.lastAnswer())
  expect((await stream.event('challenge', 'CLOSED')).data.id).toBe(id)
  const run = await site.pull()
  expect((await stream.event('pull', 'PROGRESS')).data.id).toBe(run)
  expect((await stream.event('pull', 'DONE')).data.id).toBe(run)
  const order = stream.told().filter((line) => line.startsWith('pull'))
  expect(order[0]).toBe('pull QUEUED')
  expect(order.at(-1)).toBe('pull DONE')
  await stream.close()
  await site.close()
})

test('accounts of the gateway are told of', async () => {
  const app = await startWxworkApp()
  const stream = await openEventStream(app.url, bearer({ token: app.token }))
  await stream.until(() => stream.messages[0])
  const uuid = await app.logIn()
  const state = await stream.until(() =>
    stream.messages.find(({ data }) => data.topic === 'wxwork' && data.event === 'SESSION_STATE' && data.id === uuid),
  )
  expect(state.data.work_order_id).toBeNull()
  expect(stream.told()).toEqual(expect.arrayContaining(['wxwork init', 'wxwork getQrCode', 'wxwork CheckCode']))
  await stream.close()
  await app.close()
})
