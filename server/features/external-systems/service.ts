import { CATALOGUES, NEEDED_ENDPOINTS, type ProfileName } from '../../connectors/external-site/profiles'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { Vault } from '../../vault'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import { Accounts } from './accounts'
import type { AccountSummary, EndpointRow, ExternalSystemRepository, SystemRow } from './repository'
import type { EndpointChanges, EndpointInput, SystemChanges, SystemInput } from './schema'
import { type OpenSystem, profileOf, type Sites } from './sites'

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

/** External systems as data: where they are, how they are logged in to, with which accounts. */
export function createExternalSystemService(deps: ExternalSystemDeps) {
  const { repository, sites, audit, transaction, now } = deps
  const listeners: Listener[] = []
  const accountsOf = new Accounts(deps)

  async function get(reference: string, on?: Db): Promise<SystemRow> {
    const system = await repository.find(reference, on)
    if (!system) throw new AppError('NOT_FOUND', { message: '外部系统不存在' })
    return system
  }

  const newEndpoint = (system_name: string, input: EndpointInput, known?: { require_auth: boolean }): EndpointRow => ({
    id: newId(),
    system_name,
    name: input.name,
    endpoint: input.endpoint,
    http_method: input.http_method,
    require_auth: input.require_auth ?? known?.require_auth ?? true,
    description: input.description ?? null,
    create_time: now(),
    update_time: now(),
  })

  /** Endpoints given are laid over those there are, by name. */
  async function putEndpoints(trx: Db, systemName: string, inputs: EndpointInput[]): Promise<void> {
    const known = await repository.endpoints(systemName, trx)
    for (const input of inputs) {
      const found = known.find(({ name }) => name === input.name)
      const row = newEndpoint(systemName, input, found)
      const { id: _id, create_time: _time, ...changes } = row
      if (found) await repository.updateEndpoint(found.id, changes, trx)
      else await repository.insertEndpoint(row, trx)
    }
  }

  async function assertUsable(trx: Db, system: SystemRow): Promise<void> {
    const names = (await repository.endpoints(system.system_name, trx)).map(({ name }) => name)
    const missing = NEEDED_ENDPOINTS.filter((name) => !names.includes(name))
    if (missing.length > 0)
      throw new AppError('INVALID_INPUT', { message: `缺少接口 ${missing.join('、')}（endpoints）` })
  }

  async function view(system: SystemRow, accounts?: AccountSummary[]) {
    const [endpoints, all] = await Promise.all([
      repository.endpoints(system.system_name),
      accounts ?? repository.accounts([system.system_name]),
    ])
    return toView(system, endpoints, all)
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

  function tell(system: SystemRow, accounts: string[]): void {
    sites.forget(system.id)
    for (const listener of listeners) listener(system.system_name, accounts)
  }

  return {
    onChange: (listener: Listener) => void listeners.push(listener),

    get,

    /** The system, its merged profile and the connection to it. @throws AppError NOT_FOUND */
    async open(reference: string): Promise<OpenSystem> {
      const system = await get(reference)
      return sites.open(system, await repository.endpoints(system.system_name))
    },

    /** Forgets an open circuit: somebody says the site is back. */
    forgetFailures: (system: SystemRow) => sites.forget(system.id),

    pullsDue: () => repository.pullsDue(now()),
    update: repository.update,

    async list(page: { page: number; size: number }) {
      const { rows, total } = await repository.list(page)
      const accounts = await repository.accounts(rows.map(({ system_name }) => system_name))
      const list = rows.map((row) =>
        view(
          row,
          accounts.filter(({ system_name }) => system_name === row.system_name),
        ),
      )
      return toPage(await Promise.all(list), total, page)
    },

    detail: async (reference: string) => view(await get(reference)),

    /** @throws AppError INVALID_INPUT, CONFLICT where the name is taken */
    async create(who: StaffPrincipal, input: SystemInput, once: Once) {
      profileOf(input.profile, input.overrides)
      const { endpoints, accounts, overrides, ...columns } = input
      const system: SystemRow = {
        ...columns,
        id: newId(),
        overrides: JSON.stringify(overrides),
        next_pull_at: input.pull_interval_seconds === null ? null : now(),
        watermark: null,
        create_time: now(),
        update_time: now(),
      }
      return unique('该系统标识、账号或接口', () =>
        transaction(async (trx) => {
          await repository.insert(system, trx)
          const catalogue = CATALOGUES[input.profile as ProfileName].filter(
            (one) => !endpoints.some((given) => given.name === one.name || samePath(given, one)),
          )
          for (const one of catalogue)
            await repository.insertEndpoint(newEndpoint(system.system_name, one as EndpointInput, one), trx)
          for (const one of endpoints) {
            const known = CATALOGUES[input.profile as ProfileName].find(({ name }) => name === one.name)
            await repository.insertEndpoint(newEndpoint(system.system_name, one, known), trx)
          }
          await accountsOf.put(trx, system.system_name, accounts)
          await assertUsable(trx, system)
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
      const { system, tried } = await unique('同名或同路径的接口', () =>
        transaction(async (trx) => {
          const before = await get(reference, trx)
          if (system_name !== undefined && system_name !== before.system_name)
            throw new AppError('INVALID_INPUT', { message: '系统标识不能修改（system_name）' })
          const changes = {
            ...defined(columns),
            ...(overrides === undefined ? {} : { overrides: JSON.stringify(overrides) }),
            ...(columns.pull_interval_seconds ? { next_pull_at: now() } : {}),
            ...(columns.pull_interval_seconds === null ? { next_pull_at: null } : {}),
            update_time: now(),
          }
          const after = { ...before, ...changes }
          profileOf(after.profile, JSON.parse(after.overrides))
          await repository.update(before.id, changes, trx)
          if (endpoints) await putEndpoints(trx, before.system_name, endpoints)
          await assertUsable(trx, after)
          const changed = accounts ? await accountsOf.put(trx, before.system_name, accounts) : []
          const isSiteChanged = endpoints || ['base_url', 'profile', 'overrides'].some((name) => name in input)
          const again = isSiteChanged ? await accountsOf.lift(trx, before.system_name) : []
          await audit.record(trx, who, {
            action: 'external.system.change',
            target: before.system_name,
            detail: {
              fields: Object.keys(input),
              passwords: accounts?.filter((one) => one.password).map((one) => one.account),
            },
          })
          return { system: after, tried: [...new Set([...changed, ...again])] }
        }),
      )
      tell(system, tried)
      return view(system)
    },

    async remove(who: StaffPrincipal, reference: string): Promise<{ message: string }> {
      const system = await transaction(async (trx) => {
        const found = await get(reference, trx)
        await repository.remove(found, trx)
        await audit.record(trx, who, { action: 'external.system.remove', target: found.system_name })
        return found
      })
      sites.forget(system.id)
      return { message: '外部系统已删除' }
    },

    removeAccount: (who: StaffPrincipal, reference: string, account: string) =>
      transaction(async (trx) => {
        const { system_name } = await get(reference, trx)
        const row = await repository.findAccount(system_name, account, trx)
        if (!row) throw new AppError('NOT_FOUND', { message: '账号不存在' })
        await repository.removeAccount(row.id, trx)
        await audit.record(trx, who, { action: 'external.account.remove', target: `${system_name} ${account}` })
        return { message: '账号已删除' }
      }),

    endpoints: async (reference: string) => {
      const { system_name } = await get(reference)
      return { list: (await repository.endpoints(system_name)).map(toEndpoint) }
    },

    addEndpoint: (who: StaffPrincipal, reference: string, input: EndpointInput) =>
      onEndpoints(who, reference, { action: 'external.endpoint.add', detail: input }, async (trx, { system_name }) => {
        const row = newEndpoint(system_name, input)
        await repository.insertEndpoint(row, trx)
        return toEndpoint(row)
      }),

    changeEndpoint: (who: StaffPrincipal, at: { system: string; id: string }, input: EndpointChanges) =>
      onEndpoints(who, at.system, { action: 'external.endpoint.change', detail: input }, async (trx, system) => {
        const row = await ownEndpoint(trx, system, at.id)
        const changes = { ...defined(input), update_time: now() }
        await repository.updateEndpoint(row.id, changes, trx)
        await assertUsable(trx, system)
        return toEndpoint({ ...row, ...changes })
      }),

    removeEndpoint: (who: StaffPrincipal, at: { system: string; id: string }) =>
      onEndpoints(
        who,
        at.system,
        { action: 'external.endpoint.remove', detail: { id: at.id } },
        async (trx, system) => {
          const row = await ownEndpoint(trx, system, at.id)
          await repository.removeEndpoint(row.id, trx)
          await assertUsable(trx, system)
          return { message: '接口已删除' }
        },
      ),
  }

  async function ownEndpoint(trx: Db, { system_name }: SystemRow, id: string): Promise<EndpointRow> {
    const row = await repository.findEndpoint(id, trx)
    if (row?.system_name !== system_name) throw new AppError('NOT_FOUND', { message: '接口不存在' })
    return row
  }
}

export type ExternalSystemService = ReturnType<typeof createExternalSystemService>

const samePath = (a: { endpoint: string; http_method: string }, b: { endpoint: string; http_method: string }) =>
  a.endpoint === b.endpoint && a.http_method === b.http_method

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>

const toEndpoint = ({ create_time: _c, update_time: _u, ...endpoint }: EndpointRow) => endpoint

function toView(system: SystemRow, endpoints: EndpointRow[], accounts: AccountSummary[]) {
  const { overrides, create_time, update_time, ...rest } = system
  return {
    ...rest,
    overrides: JSON.parse(overrides) as Record<string, unknown>,
    endpoints: endpoints.map(toEndpoint),
    accounts,
    create_time: shanghaiTime(create_time),
    update_time: shanghaiTime(update_time),
  }
}
