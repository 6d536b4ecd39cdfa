import type { DryRunResult } from '../../../types/api/sessions'
import { AppError } from '../../errors/app-error'
import type { SystemRow } from '../external-systems/repository'
import type { ExternalSystemService } from '../external-systems/service'
import { DryRun, type Trial } from './dry-run'
import type { Keeper } from './keeper'
import type { ExternalSessionRepository } from './repository'
import type { DryRunInput } from './schema'

export interface TrialDeps {
  repository: ExternalSessionRepository
  systems: ExternalSystemService
  keeper: Keeper
  /** Of a saved system, whose login serves best. */
  firstAccount(systemName: string): Promise<string | null>
  now: () => Date
}

type Draft = DryRunInput['system']

/** Prepares dry runs: which system, which account, with which password, under which lease. */
export class Trials {
  constructor(private readonly deps: TrialDeps) {}

  /** @throws AppError NOT_FOUND, INVALID_INPUT, CONFLICT where the account is being logged in */
  async run(reference: string, input: DryRunInput): Promise<DryRunResult> {
    const { keeper, systems, now } = this.deps
    const run = new DryRun(keeper.login, now)
    const { open, saved, endpoints } = await systems.probe(reference, withoutAccounts(input.system), run.watch)
    try {
      const login = await this.#loginOf(saved, input)
      const endpoint = endpoints.find(({ name }) => name === input.endpoint) ?? null
      if (input.endpoint && !endpoint) throw new AppError('NOT_FOUND', { message: '接口不存在' })
      if (saved && login.row && login.password === null) assertSameSite(saved, open.system)
      const trial = { ...login, endpoints, endpoint, open: { ...open, system: strictest(open.system, saved) } }
      return await this.#perform(run, trial)
    } finally {
      await open.site.close()
    }
  }

  async #loginOf(saved: SystemRow | null, { account: asked, system: draft }: DryRunInput) {
    const { repository } = this.deps
    const account = asked ?? (await this.#defaultAccount(saved, draft))
    const password = draft?.accounts.find((one) => one.account === account)?.password ?? null
    const row = saved && account ? await repository.findByAccount(saved.system_name, account) : null
    if (asked && !row && password === null) throw new AppError('NOT_FOUND', { message: '账号不存在' })
    return { account, password, row }
  }

  async #defaultAccount(saved: SystemRow | null, draft: Draft): Promise<string | null> {
    const [first] = draft?.accounts ?? []
    return first?.account ?? (saved && this.deps.firstAccount(saved.system_name))
  }

  async #perform(run: DryRun, trial: Trial): Promise<DryRunResult> {
    const { keeper } = this.deps
    if (!trial.row) return run.perform(trial)
    const lease = await keeper.takePatiently(trial.row.id)
    const result = await keeper.underLease(lease, () =>
      run.perform({ ...trial, row: lease }).finally(() => keeper.release(lease)),
    )
    if (!result) throw new AppError('CONFLICT', { message: '该账号正在登录，请稍后再试' })
    return result
  }
}

function withoutAccounts(draft: Draft) {
  if (!draft) return null
  const { accounts: _accounts, ...settings } = draft
  return settings
}

/** A saved password goes to the site it was saved for, and nowhere else. @throws AppError INVALID_INPUT */
function assertSameSite(saved: SystemRow, tried: SystemRow): void {
  if (new URL(saved.base_url).origin !== new URL(tried.base_url).origin)
    throw new AppError('INVALID_INPUT', { message: '系统地址已改变，试运行须填写密码（system.accounts）' })
}

/** What is tried may not loosen when an account counts as nearly locked. */
const strictest = (tried: SystemRow, saved: SystemRow | null): SystemRow => ({
  ...tried,
  lock_threshold: Math.min(tried.lock_threshold, saved?.lock_threshold ?? tried.lock_threshold),
})
