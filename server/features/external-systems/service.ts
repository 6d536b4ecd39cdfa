import type { HttpCall } from '../../connectors/kit/http'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { pageFrom, toPage } from '../../http/page'
import type { Vault } from '../../vault'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import { Accounts } from './accounts'
import { assertComplete, Endpoints } from './endpoints'
import type { AccountRow, EndpointRow, ExternalSystemRepository, SystemFilter, SystemRow } from './repository'
import type { EndpointChanges, EndpointInput, SystemChanges, SystemInput } from './schema'
import { assertSameName, changedColumns, defined, isSiteChanged, newSystem } from './settings'
import { type OpenSystem, profileOf, type Sites } from './sites'
import { toEndpoint, toView } from './views'

export interface ExternalSystemDeps {
  repository: ExternalSystemRepository
  sites: Sites
  vault: Vault
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

/** Told after a change whose accounts are to be tried at once. */
type Listener = (systemName: string, accounts: string[]) => void
/** Told of logins that are over for us, so that they end at the site too. */
type EndListener = (open: OpenSystem, rows: AccountRow[]) => Promise<void>

/** External systems as data: where they are, how they are logged in to, with which accounts. */
export function createExternalSystemService(deps: ExternalSystemDeps) {
  const { repository, sites, audit, transaction, now } = deps
  const listeners: Listener[] = []
  const endListeners: EndListener[] = []
  const accountsOf = new Accounts(deps)
  const endpointsOf = new Endpoints(deps)

  async function get(reference: string, on?: Db): Promise<SystemRow> {
    const system = await repository.find(reference, on)
    if (!system) throw new AppError('NOT_FOUND', { message: '外部系统不存在' })
    return system
  }

  async function view(system: SystemRow) {
    const [only] = await views([system])
    return only!
  }

  async function views(systems: SystemRow[]) {
    const names = systems.map(({ system_name }) => system_name)
    const [endpoints, accounts] = await Promise.all([repository.endpointsOf(names), repository.accounts(names)])
    const isOf = (system: SystemRow) => (row: { system_name: string }) => row.system_name === system.system_name
    return systems.map((system) => toView(system, endpoints.filter(isOf(system)), accounts.filter(isOf(system))))
  }

  const unique = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw new AppError('CONFLICT', { message: `${what}已存在`, cause: error })
    }
  }

  /** Changes endpoints of a system in one transaction, audited; its accounts are then tried with the new ones. */
  async function onEndpoints<T>(
    who: StaffPrincipal,
    reference: string,
    act: { action: string; detail: object },
    work: (trx: Db, system: SystemRow) => Promise<T>,
  ): Promise<T> {
    const { result, system, tried } = await unique('同名或同路径的接口', () =>
      transaction(async (trx) => {
        const found = await get(reference, trx)
        const done = await work(trx, found)
        await repository.update(found.id, { update_time: now() }, trx)
        const again = await accountsOf.lift(trx, found.system_name)
        await audit.record(trx, who, { action: act.action, target: found.system_name, detail: act.detail })
        return { result: done, system: found, tried: again }
      }),
    )
    tell(system, tried)
    return result
  }

  /** Ends logins at the site as it was, after they ended here; a site that is away costs nothing but the goodbye. */
  async function end(system: SystemRow, endpoints: EndpointRow[], rows: AccountRow[]): Promise<void> {
    const open = sites.open(system, endpoints)
    await Promise.all(endListeners.map((listener) => listener(open, rows)))
  }

  function tell(system: SystemRow, accounts: string[]): void {
    sites.forget(system.id)
    for (const listener of listeners) listener(system.system_name, accounts)
  }

  return {
    onChange: (listener: Listener) => void listeners.push(listener),
    onEnd: (listener: EndListener) => void endListeners.push(listener),

    get,
    find: (reference: string) => repository.find(reference),

    /** The system, its merged profile and the connection to it. @throws AppError NOT_FOUND */
    async open(reference: string): Promise<OpenSystem> {
      const system = await get(reference)
      return sites.open(system, await repository.endpoints(system.system_name))
    },

    /**
     * A connection for trying things out, saved or not. Of an unsaved system the endpoints are laid over the saved ones.
     * @throws AppError NOT_FOUND, INVALID_INPUT
     */
    async probe(reference: string, draft: Omit<SystemInput, 'accounts'> | null, watch: (call: HttpCall) => void) {
      const saved = await repository.find(reference)
      if (!saved && !draft) throw new AppError('NOT_FOUND', { message: '外部系统不存在' })
      const present = saved ? await repository.endpoints(saved.system_name) : []
      if (!draft) return { saved, endpoints: present, open: sites.probe(saved!, present, watch) }
      const endpoints = saved
        ? endpointsOf.laidOver(saved.system_name, present, draft.endpoints)
        : endpointsOf.initial(draft.system_name, draft.profile, draft.endpoints)
      assertComplete(endpoints)
      const system = { ...newSystem(draft, now()), system_name: saved?.system_name ?? draft.system_name }
      return { saved, endpoints, open: sites.probe(system, endpoints, watch) }
    },

    /** Forgets an open circuit: somebody says the site is back. */
    forgetFailures: (system: SystemRow) => sites.forget(system.id),

    pullsDue: () => repository.pullsDue(now()),
    update: repository.update,

    async list({ page, size, ...filter }: SystemFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      return toPage(await views(rows), total, { page, size })
    },

    detail: async (reference: string) => view(await get(reference)),

    /** @throws AppError INVALID_INPUT, CONFLICT where the name is taken */
    async create(who: StaffPrincipal, input: SystemInput, once: Once) {
      profileOf(input.profile, input.overrides)
      const { endpoints, accounts } = input
      const { accounts: _accounts, ...settings } = input
      const system = newSystem(settings, now())
      return unique('该系统标识、账号或接口', () =>
        transaction(async (trx) => {
          await repository.insert(system, trx)
          for (const row of endpointsOf.initial(system.system_name, input.profile, endpoints))
            await repository.insertEndpoint(row, trx)
          await accountsOf.put(trx, system.system_name, accounts)
          await endpointsOf.assertUsable(trx, system)
          await audit.record(trx, who, {
            action: 'external.system.create',
            target: system.system_name,
            detail: {
              base_url: system.base_url,
              profile: system.profile,
              accounts: accounts.map((one) => one.account),
            },
          })
          const summaries = await repository.accounts([system.system_name], trx)
          const answer = toView(system, await repository.endpoints(system.system_name, trx), summaries)
          await once.save(trx, answer)
          return answer
        }),
      )
    },

    async change(who: StaffPrincipal, reference: string, input: SystemChanges) {
      const { endpoints, accounts, overrides, system_name, ...columns } = input
      const { system, tried, stopped } = await unique('该账号（不分大小写）或接口', () =>
        transaction(async (trx) => {
          const before = await get(reference, trx)
          assertSameName(before, system_name)
          const changes = changedColumns({ ...columns, overrides }, now())
          const after = { ...before, ...changes }
          profileOf(after.profile, JSON.parse(after.overrides))
          await repository.update(before.id, changes, trx)
          if (endpoints) await endpointsOf.put(trx, before.system_name, endpoints)
          await endpointsOf.assertUsable(trx, after)
          const changed = accounts ? await accountsOf.put(trx, before.system_name, accounts) : []
          const isStarted = !before.is_active && after.is_active
          const again = isStarted || isSiteChanged(input) ? await accountsOf.lift(trx, before.system_name) : []
          const ended = before.is_active && !after.is_active ? await accountsOf.closeAll(trx, before.system_name) : []
          await audit.record(trx, who, {
            action: 'external.system.change',
            target: before.system_name,
            detail: {
              fields: Object.keys(input),
              passwords: input.accounts?.flatMap((one) => (one.password ? one.account : [])),
            },
          })
          const toTry = after.is_active ? [...new Set([...changed, ...again])] : []
          return { system: after, tried: toTry, stopped: { before, ended } }
        }),
      )
      if (stopped.ended.length > 0)
        await end(stopped.before, await repository.endpoints(system.system_name), stopped.ended)
      tell(system, tried)
      return view(system)
    },

    async remove(who: StaffPrincipal, reference: string): Promise<{ message: string }> {
      const { system, endpoints, rows } = await transaction(async (trx) => {
        const found = await get(reference, trx)
        const known = await repository.endpoints(found.system_name, trx)
        const logins = await accountsOf.ofSystem(trx, found.system_name)
        await repository.remove(found, trx)
        await audit.record(trx, who, { action: 'external.system.remove', target: found.system_name })
        return { system: found, endpoints: known, rows: logins }
      })
      await end(system, endpoints, rows)
      sites.forget(system.id)
      return { message: '外部系统已删除' }
    },

    async removeAccount(who: StaffPrincipal, reference: string, account: string): Promise<{ message: string }> {
      const { system, row } = await transaction(async (trx) => {
        const found = await get(reference, trx)
        const login = await accountsOf.get(trx, found.system_name, account)
        await repository.removeAccount(login.id, trx)
        const target = `${found.system_name} ${account}`
        await audit.record(trx, who, { action: 'external.account.remove', target })
        return { system: found, row: login }
      })
      await end(system, await repository.endpoints(system.system_name), [row])
      return { message: '账号已删除' }
    },

    /** Ends an account's login here and at the site; it is logged in again when somebody needs it. */
    async logOut(who: StaffPrincipal, at: { system: string; account: string }): Promise<{ message: string }> {
      const { system, row } = await transaction(async (trx) => {
        const found = await get(at.system, trx)
        const login = await accountsOf.get(trx, found.system_name, at.account)
        await accountsOf.close(trx, [login])
        const target = `${found.system_name} ${at.account}`
        await audit.record(trx, who, { action: 'external.session.logout', target })
        return { system: found, row: login }
      })
      await end(system, await repository.endpoints(system.system_name), [row])
      return { message: '已退出登录' }
    },

    endpoints: async (reference: string, page: { page: number; size: number }) => {
      const { system_name } = await get(reference)
      return pageFrom((await repository.endpoints(system_name)).map(toEndpoint), page)
    },

    addEndpoint: (who: StaffPrincipal, reference: string, input: EndpointInput) =>
      onEndpoints(who, reference, { action: 'external.endpoint.add', detail: input }, async (trx, { system_name }) => {
        const row = endpointsOf.create(system_name, input)
        await repository.insertEndpoint(row, trx)
        return toEndpoint(row)
      }),

    changeEndpoint: (who: StaffPrincipal, at: { system: string; id: string }, input: EndpointChanges) =>
      onEndpoints(who, at.system, { action: 'external.endpoint.change', detail: input }, async (trx, system) => {
        const row = await endpointsOf.own(trx, system, at.id)
        const changes = { ...defined(input), update_time: now() }
        await repository.updateEndpoint(row.id, changes, trx)
        await endpointsOf.assertUsable(trx, system)
        return toEndpoint({ ...row, ...changes })
      }),

    removeEndpoint: (who: StaffPrincipal, at: { system: string; id: string }) =>
      onEndpoints(
        who,
        at.system,
        { action: 'external.endpoint.remove', detail: { id: at.id } },
        async (trx, system) => {
          const row = await endpointsOf.own(trx, system, at.id)
          await repository.removeEndpoint(row.id, trx)
          await endpointsOf.assertUsable(trx, system)
          return { message: '接口已删除' }
        },
      ),
  }
}

export type ExternalSystemService = ReturnType<typeof createExternalSystemService>
