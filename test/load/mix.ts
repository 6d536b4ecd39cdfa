import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { ApiAnswer, ApiRequest } from '../support/api-client'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../support/builders'
import { evidenceForm, northOfSite, SITE } from '../support/field-work'
import { sha256 } from '../support/invariants'
import type { Stage } from './stage'

const RETRIES = 60
const RETRY_MS = 250
const LARGE_BYTES = 5 * 1024 * 1024
/** What the gateway takes within a run; it allows 20 a minute. */
const MAX_MESSAGES = 4

/** A write that was not answered, or not with a decision: it may have happened. */
interface Doubtful {
  what: string
  send: () => Promise<ApiAnswer>
  done: (body: any) => void
}
type Worker = Stage['people']['workers'][number]

/** What everybody does in an ordinary day, as acts that can be done at any time and side by side. */
export async function createMix(stage: Stage) {
  const { people, ledger, tally, run } = stage
  const picture = await buildPng(64, 48)
  const fresh: string[] = []
  const accepted: { id: string; worker: Worker }[] = []
  let doubtful: Doubtful[] = []
  let counter = 0
  let messages = 0
  let larges = 0

  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!
  /** Trailing bytes change a picture's digest and nothing else. */
  const photo = () => Buffer.concat([picture, randomBytes(16)])
  const keyed = (token: string): ApiRequest => ({ token, headers: { 'idempotency-key': randomUUID() } })

  async function write(what: string, send: Doubtful['send'], done: Doubtful['done']): Promise<boolean> {
    const answer = await tally.note(what, send())
    if (answer?.status === 200) done(answer.body)
    else if (!answer || answer.status >= 500) doubtful.push({ what, send, done })
    return answer?.status === 200
  }

  async function create(withPhoto: boolean): Promise<void> {
    const request = keyed(pick(people.customers).token)
    const description = `${run} 第 ${++counter} 个任务`
    const submission = buildSubmission({ description, customer: SITE })
    const photos = withPhoto ? [photo()] : []
    const parts = photos.map((content): [string, File] => ['images', buildFile(content, 'front.png', 'image/png')])
    const send = () =>
      withPhoto
        ? stage.api.upload('/api/v1/tasks', buildForm(formFields(submission), parts), request)
        : stage.api.post('/api/v1/tasks', submission, request)
    await write('create', send, (body) => {
      ledger.tasks.set(body.data.task_id, { description, files: photos.map(sha256) })
      fresh.push(`${body.data.task_id} ${request.token}`)
    })
  }

  async function list(): Promise<void> {
    await tally.note('list', stage.api.get('/api/v1/tasks', pick(people.customers)))
  }
  async function listOrders(): Promise<void> {
    await tally.note('orders', stage.api.get('/homecare/work-orders?size=10', people.dispatcher))
  }

  /** An acknowledged task is seen at once. @returns its UUID */
  async function detail(of = pick(fresh)): Promise<string | null> {
    if (!of) return null
    const [number, token] = of.split(' ')
    const answer = await tally.note('detail', stage.api.get(`/api/v1/tasks/${number}`, { token }))
    if (answer?.status === 404) tally.wrong.push(`${number} was acknowledged and is not found`)
    return answer?.status === 200 ? answer.body.data.id : null
  }

  async function dispatch(): Promise<void> {
    const task = fresh.shift()
    const workOrderId = task && (await detail(task))
    if (!workOrderId) return
    const worker = pick(people.workers)
    const order = { workOrderId, workerId: worker.id }
    const sent = keyed(people.dispatcher.token)
    const taken = keyed(worker.token)
    const given = await write(
      'dispatch',
      () => stage.api.post('/homecare/dispatch', order, sent),
      () => ledger.assigned.set(workOrderId, worker.id),
    )
    if (!given) return
    await write(
      'accept',
      () => stage.api.post('/homecare/accept', { workOrderId }, taken),
      () => accepted.push({ id: workOrderId, worker }),
    )
  }

  async function visit(): Promise<void> {
    const order = accepted.shift()
    if (!order) return
    const { id: workOrderId, worker } = order
    const fix = { workOrderId, ...northOfSite(10), accuracy: 8 }
    await tally.note('precheck', stage.api.post('/homecare/checkin/precheck', fix, worker))
    const content = photo()
    const uploaded = keyed(worker.token)
    const evidence: string[] = []
    const stored = await write(
      'evidence',
      () => stage.api.upload('/homecare/evidence', evidenceForm(workOrderId, content), uploaded),
      (body) => {
        evidence.push(body.data.file_id)
        ledger.uploads.set(body.data.file_id, sha256(content))
      },
    )
    if (!stored) return
    const checkin = { ...fix, evidenceFileIds: evidence, signature: '张三已确认到场签到' }
    const submitted = keyed(worker.token)
    const submit = () => stage.api.post('/homecare/checkin/submit', checkin, submitted)
    await write('submit', submit, (body) => ledger.visits.set(workOrderId, body.data.visitId))
  }

  /** The gateway says most things once and some twice. */
  async function notice(): Promise<void> {
    const body = { uuid: run, type: 100_001, json: { text: `${run} 消息 ${++counter}` } }
    const send = () => stage.api.post(people.callbackPath, body)
    const times = Math.random() < 0.2 ? 2 : 1
    for (let time = 0; time < times; time++)
      await write('callback', send, () => ledger.notices.add(JSON.stringify(body)))
  }

  async function message(): Promise<void> {
    if (++messages > MAX_MESSAGES) return
    const content = `${run} 通知 ${++counter}`
    const body = { send_userid: 'u1', content }
    const answer = await tally.note('send-text', stage.api.post('/api/send-text', body, people.admin))
    if (answer?.status === 200) ledger.messages.add(content)
  }

  async function login(): Promise<void> {
    const code = `demo-${run}-${Math.ceil(Math.random() * 5)}`
    await tally.note('login', stage.api.post('/api/v1/wechat/login', { code }))
  }

  /** 5 MB, kept for later use, of one byte: the first of carriage returns, of which a multipart boundary begins. */
  async function large(): Promise<void> {
    const filling = Buffer.alloc(LARGE_BYTES - 1024, larges++ === 0 ? '\r' : larges)
    const content = Buffer.concat([buildPdf(`${run} ${++counter}`), filling])
    const request = keyed(pick(people.customers).token)
    const form = () => buildForm({}, [['file', buildFile(content, '报告.pdf', 'application/pdf')]])
    const digest = sha256(content)
    const send = () => stage.api.upload('/api/v1/files', form(), request)
    await write('upload', send, (body) => ledger.uploads.set(body.data.file_id, digest))
  }

  return {
    acts: { create, list, listOrders, detail, dispatch, visit, notice, message, login, large },

    /** One act, as often as it happens in a day. */
    next(): Promise<unknown> {
      const roll = Math.random() * 100
      const at = TIMES.findIndex(([until]) => roll < until)
      const name = TIMES[at]![1]
      if (name === 'create') return create(Math.random() < 0.6)
      const { create: _create, ...others } = this.acts
      return others[name]()
    },

    /** Asks again about every write in doubt, under its own key, until there is a decision. */
    async settle(): Promise<void> {
      const open = doubtful
      doubtful = []
      tally.troubled = true
      for (const { what, send, done } of open) await decide(what, send, done)
      tally.troubled = false
    },
  }

  async function decide(what: string, send: Doubtful['send'], done: Doubtful['done']): Promise<void> {
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      const answer = await tally.note(`${what} again`, send())
      if (answer?.status === 200) return done(answer.body)
      if (answer && answer.status < 500 && ![409, 429].includes(answer.status)) return
      if (answer?.status === 409 && answer.body.code !== 'REQUEST_IN_PROGRESS') return
      await wait(pauseAfter(answer))
    }
    tally.wrong.push(`${what} was never decided`)
  }
}

/** Who is told by a 429 when to come back comes back then, as the apps do. */
function pauseAfter(answer: ApiAnswer | null): number {
  const seconds = answer?.status === 429 ? Number(answer.headers.get('retry-after')) : 0
  return Math.max(RETRY_MS, seconds * 1000)
}

/** Up to which of a hundred it is this act's turn. */
const TIMES: [until: number, act: Exclude<keyof Awaited<ReturnType<typeof createMix>>['acts'], 'large'>][] = [
  [22, 'create'],
  [42, 'list'],
  [50, 'listOrders'],
  [62, 'detail'],
  [74, 'dispatch'],
  [84, 'visit'],
  [95, 'notice'],
  [97, 'message'],
  [100, 'login'],
]

export type Mix = Awaited<ReturnType<typeof createMix>>
