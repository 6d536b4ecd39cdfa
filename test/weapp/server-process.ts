import { startCloudRuntime } from './cloud-runtime'
import { DEMO_CUSTOMERS, DEMO_STAFF } from '../../server/demo/people'
import { seedDemo } from '../../server/demo/seed'
import { buildSubmission } from '../support/builders'
import { startCloudApp } from '../support/cloud'
import { addStaff, NO_LIMITS } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'

/** Tasks of one customer, all with one worker, beside those of the demo. */
const MANY = 500
const AT_ONCE = 10

/**
 * The real server as a process of its own, because the stand-in runtime's tests load no TypeScript. Says where it
 * listens in one line of JSON and ends with its standard input. With `demo` it has the demo in it and many tasks; with
 * `cloud` there is a CloudBase beside it, with the bundled functions in it.
 */
async function main(contents: string | undefined): Promise<void> {
  if (contents === 'cloud') return mainWithCloud()
  const demo = contents === 'demo'
  const app = await startTestApp(demo ? { ...NO_LIMITS, now: () => new Date() } : {})
  if (demo) await addDemo(app)
  else await addPeople(app)
  announce({ url: app.url }, () => app.close())
}

async function addPeople(app: TestApp): Promise<void> {
  await addStaff(app, 'worker@example.com', 'HOMECARE_WORKER')
  await addStaff(app, 'dispatcher@example.com', 'HOMECARE_DISPATCHER')
}

function announce(facts: object, close: () => Promise<void>): void {
  process.stdout.write(`${JSON.stringify(facts)}\n`)
  process.stdin.resume()
  process.stdin.once('end', () => void close().then(() => process.exit(0)))
}

async function mainWithCloud(): Promise<void> {
  const app = await startCloudApp({ now: () => new Date(), env: { PUBLIC_URL: 'https://field.example.com' } })
  await addPeople(app)
  const runtime = await startCloudRuntime(app)
  announce({ url: app.url, cloud: runtime.url }, async () => {
    await runtime.close()
    await app.close()
  })
}

async function addDemo(app: TestApp): Promise<void> {
  await seedDemo(app.context)
  const { code, profile, site } = DEMO_CUSTOMERS[0]!
  const customer = { token: await app.api.customer(code) }
  const dispatcher = { token: await app.api.staff(DEMO_STAFF.dispatcher.email) }
  const worker = { token: await app.api.staff(DEMO_STAFF.li.email) }
  const workerId = (await app.api.get('/auth/me', worker)).body.data.id
  const { address } = profile
  const submission = buildSubmission({ customer: { ...site, address }, description: '基线漂移，重复性变差'.repeat(20) })
  const add = async () => {
    const { body } = await app.api.post('/api/v1/tasks', submission, customer)
    const workOrderId = (await app.api.get(`/api/v1/tasks/${body.data.task_id}`, customer)).body.data.id
    await app.api.post('/homecare/dispatch', { workOrderId, workerId }, dispatcher)
    const { status } = await app.api.post('/homecare/accept', { workOrderId }, worker)
    if (status !== 200) throw new Error(`an order could not be accepted: ${status}`)
  }
  for (let made = 0; made < MANY; made += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, add))
}

void main(process.argv[2])
