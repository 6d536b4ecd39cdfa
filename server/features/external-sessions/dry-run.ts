import { DRY_RUN_STEPS, type DryRunResult, type DryRunStep, type DryRunStepName } from '../../../types/api/sessions'
import { NO_CREDENTIAL } from '../../connectors/external-site/credential'
import type { LoginOutcome, SiteCredential } from '../../connectors/external-site'
import { isReading } from '../../connectors/external-site/profiles'
import type { HttpCall } from '../../connectors/kit/http'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { EndpointRow } from '../external-systems/repository'
import type { OpenSystem } from '../external-systems/sites'
import { KEPT_ATTEMPTS, type Login, MIN_MARGINS } from './login'
import type { SessionRow } from './repository'

export interface Trial {
  open: OpenSystem
  endpoints: EndpointRow[]
  /** Of the account that is tried; null where there is none. */
  account: string | null
  /** Null: the saved one. */
  password: string | null
  /** The saved account, under its lease: its attempts are counted. */
  row: SessionRow | null
  /** One more endpoint to read at the end. */
  endpoint: EndpointRow | null
}

const REFUSALS: Record<Exclude<LoginOutcome['kind'], 'ok'>, string> = {
  'captcha-wrong': '验证码被判错误',
  'password-wrong': '账号或密码被拒绝',
  locked: '账号已被锁定',
  busy: '外部系统繁忙',
}
const FAULTS: Partial<Record<UpstreamError['kind'], string>> = {
  unauthenticated: '外部系统不接受该登录态',
  'bad-response': '应答与配置不符',
  'rate-limited': '外部系统限制了访问频率',
}

/** A step that did not come off, in words for a person. */
class StepFailed extends Error {}

/**
 * A login and a first look, step by step, on a connection of its own: nothing of it is kept but the count of attempts
 * the site may have counted, and the last two of those are never spent.
 */
export class DryRun {
  readonly #calls: HttpCall[] = []
  readonly #steps = new Map<DryRunStepName, DryRunStep>()

  constructor(
    private readonly login: Login,
    private readonly now: () => Date,
  ) {}

  /** Takes every call of the connection. */
  readonly watch = (call: HttpCall): void => void this.#calls.push(call)

  async perform(trial: Trial): Promise<DryRunResult> {
    const wanted = DRY_RUN_STEPS.filter((name) => name !== 'endpoint' || trial.endpoint)
    let credential: SiteCredential | null = null
    try {
      credential = await this.#logIn(trial)
      await this.#look(trial, credential)
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error
    } finally {
      if (credential) await this.#logOut(trial, credential)
    }
    const steps = wanted.map((name) => this.#steps.get(name) ?? skipped(name, '前面的步骤没有成功'))
    return {
      ok: steps.every(({ outcome, name }) => outcome === 'ok' || SPARE.has(name)),
      account: trial.account,
      steps,
    }
  }

  /** Up to five captchas, as the keeper does it. */
  async #logIn(trial: Trial): Promise<SiteCredential> {
    for (const [index, minMargin] of MIN_MARGINS.entries()) {
      const isLast = index === MIN_MARGINS.length - 1
      const outcome = await this.#try(trial, { number: index + 1, minMargin, isLast })
      if (outcome?.kind === 'ok') return outcome.credential
    }
    throw new StepFailed()
  }

  /** One captcha and one login. Null: a fresh captcha may do. @throws StepFailed */
  async #try({ open, account, ...trial }: Trial, at: { number: number; minMargin: number; isLast: boolean }) {
    const { ticket, reading, note } = await this.#step('captcha', async () => {
      const fetched = await this.login.fetch(open, account ?? '')
      return [fetched, fetched.ticket.image ? `取得第 ${at.number} 张验证码` : '该系统不要求验证码']
    })
    if (!ticket.image) this.#steps.set('decode', { ...skipped('decode', '没有验证码'), outcome: 'ok' })
    else {
      const answer = await this.#step('decode', async () => {
        const isSure = reading !== null && reading.margin >= at.minMargin
        if (!isSure && !at.isLast) return [null, '识别把握不足，换一张']
        if (!reading) throw new StepFailed('无法识别验证码，需要人工输入')
        return [reading.answer, `第 ${at.number} 张验证码已识别`]
      })
      this.#note('decode', note?.hook ?? null, note?.hookResult ?? null)
      if (answer === null) return null
    }
    return this.#step('login', async () => {
      const outcome = await this.#attempt({ open, account, ...trial }, { ticket, answer: reading?.answer ?? '' })
      if (outcome.kind === 'ok') return [outcome, '登录成功']
      if (outcome.kind === 'captcha-wrong' && !at.isLast) return [null, '验证码被判错误，换一张']
      throw new StepFailed(REFUSALS[outcome.kind])
    })
  }

  #attempt(trial: Trial, given: Parameters<Login['attempt']>[2]): Promise<LoginOutcome> {
    const { open, row, account, password } = trial
    if (!account) throw new StepFailed('没有账号可以登录')
    if (!row) {
      if (password === null) throw new StepFailed('该账号没有保存，请填写密码')
      return open.site.login(given.ticket, { account, password, answer: given.answer })
    }
    this.#assertAllowed(row, trial)
    return this.login.attempt(open, row, { ...given, ...(password === null ? {} : { password }) })
  }

  /** @throws StepFailed where the attempt might be the one that locks the account, or cannot succeed */
  #assertAllowed(row: SessionRow, { open, password }: Trial): void {
    if (row.state === 'ACCOUNT_LOCKED' && row.retry_at && row.retry_at > this.now())
      throw new StepFailed('账号正被锁定，没有尝试登录')
    if (row.password_failures >= open.system.lock_threshold - KEPT_ATTEMPTS)
      throw new StepFailed(`剩余登录次数不足（已失败 ${row.password_failures} 次），没有尝试登录`)
    if (row.state === 'PASSWORD_WRONG' && password === null) throw new StepFailed('已保存的密码被拒绝过，没有尝试登录')
  }

  async #look({ open: { site }, account, endpoint }: Trial, credential: SiteCredential): Promise<void> {
    await this.#step('check_status', async () => {
      if (!(await site.check(credential, account!)))
        throw new StepFailed('刚登录就被判为未登录，请核对登录态的存放方式')
      return [null, '登录态有效']
    })
    await this.#step('workorder_list', async () => {
      const { rows, total, orders } = await site.list(credential, account!, { page: 1, since: null })
      if (rows > orders.length) throw new StepFailed(`第一页 ${rows} 行中有 ${rows - orders.length} 行没有工单号`)
      return [null, `第一页 ${rows} 条${total === null ? '' : `，共 ${total} 条`}`]
    })
    if (endpoint)
      await this.#step('endpoint', async () => {
        if (!isReading(endpoint)) throw new StepFailed('只能试用读取数据的接口')
        const held = endpoint.require_auth ? credential : NO_CREDENTIAL
        return [null, `应答 ${await site.call(held, account, { endpoint })}`]
      })
  }

  async #logOut({ open: { site }, account }: Trial, credential: SiteCredential): Promise<void> {
    await this.#step('logout', async () => {
      if (!(await site.logout(credential, account!))) throw new StepFailed('没有 logout 接口，登录态由外部系统自行过期')
      return [null, '已退出登录']
    }).catch((error: unknown) => {
      if (!(error instanceof StepFailed)) throw error
    })
  }

  /** Runs a step and writes it down with the last call it made. @throws StepFailed */
  async #step<T>(name: DryRunStepName, work: () => Promise<[T, message: string]>): Promise<T> {
    const before = this.#calls.length
    const startedAt = performance.now()
    const write = (outcome: DryRunStep['outcome'], message: string) => {
      const ms = Math.round(performance.now() - startedAt)
      this.#steps.set(name, { name, outcome, ms, message, ...shown(this.#calls.slice(before).at(-1)) })
    }
    try {
      const [result, message] = await work()
      write('ok', message)
      return result
    } catch (error) {
      const message = failureOf(error)
      write('failed', message)
      throw new StepFailed(message)
    }
  }

  #note(name: DryRunStepName, request: unknown, response: unknown): void {
    const step = this.#steps.get(name)
    if (step) this.#steps.set(name, { ...step, request, response })
  }
}

/** What may go wrong and the system works all the same. */
const SPARE = new Set<DryRunStepName>(['logout'])

const skipped = (name: DryRunStepName, message: string): DryRunStep => ({
  name,
  outcome: 'skipped',
  ms: 0,
  message,
  request: null,
  response: null,
})

function failureOf(error: unknown): string {
  if (error instanceof StepFailed) return error.message
  if (!(error instanceof UpstreamError)) throw error
  const reason = error.detail.reason ? `（${error.detail.reason}）` : ''
  return (FAULTS[error.kind] ?? '外部系统无法访问') + reason
}

/** A call as it is shown; it comes masked. */
export function shown(call: HttpCall | undefined): { request: unknown; response: unknown } {
  if (!call) return { request: null, response: null }
  const { method, endpoint, requestBody, status } = call
  const sent = (requestBody ?? {}) as { query?: unknown; body?: unknown }
  return {
    request: { method, path: endpoint, ...sent },
    response: status === null ? null : { status, body: bodyOf(call) },
  }
}

/** What came back: text, JSON, or how much of what is no text. */
export const bodyOf = ({ binary, responseBody }: Pick<HttpCall, 'binary' | 'responseBody'>): unknown =>
  binary ? `<${binary.length} bytes>` : responseBody
