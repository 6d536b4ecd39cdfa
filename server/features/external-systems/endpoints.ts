import { CATALOGUES, NEEDED_ENDPOINTS, type ProfileName } from '../../connectors/external-site/profiles'
import type { Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { EndpointRow, ExternalSystemRepository, SystemRow } from './repository'
import type { EndpointInput } from './schema'

export interface EndpointDeps {
  repository: ExternalSystemRepository
  now: () => Date
}

/** The catalogue of a system's endpoints. */
export class Endpoints {
  constructor(private readonly deps: EndpointDeps) {}

  create(system_name: string, input: EndpointInput, known?: { require_auth: boolean }): EndpointRow {
    const time = this.deps.now()
    return {
      id: newId(),
      system_name,
      name: input.name,
      endpoint: input.endpoint,
      http_method: input.http_method,
      require_auth: input.require_auth ?? known?.require_auth ?? true,
      description: input.description ?? null,
      create_time: time,
      update_time: time,
    }
  }

  /** What a new system has: the profile's endpoints, with those given in their place and beside them. */
  initial(systemName: string, profile: string, given: EndpointInput[]): EndpointRow[] {
    const shipped = CATALOGUES[profile as ProfileName]
    const kept = shipped.filter((one) => !given.some((own) => own.name === one.name || samePath(own, one)))
    return [
      ...kept.map((one) => this.create(systemName, one as EndpointInput, one)),
      ...given.map((one) =>
        this.create(
          systemName,
          one,
          shipped.find(({ name }) => name === one.name),
        ),
      ),
    ]
  }

  /** Endpoints given are laid over those there are, by name. */
  laidOver(systemName: string, present: EndpointRow[], inputs: EndpointInput[]): EndpointRow[] {
    const changed = inputs.map((input) => {
      const found = present.find(({ name }) => name === input.name)
      const row = this.create(systemName, input, found)
      return found ? { ...row, id: found.id, create_time: found.create_time } : row
    })
    return [...present.filter(({ name }) => !changed.some((row) => row.name === name)), ...changed]
  }

  async put(trx: Db, systemName: string, inputs: EndpointInput[]): Promise<void> {
    const { repository } = this.deps
    const known = new Set((await repository.endpoints(systemName, trx)).map(({ id }) => id))
    const rows = this.laidOver(systemName, await repository.endpoints(systemName, trx), inputs)
    for (const row of rows.filter(({ name }) => inputs.some((input) => input.name === name))) {
      const { id, create_time: _time, ...changes } = row
      if (known.has(id)) await repository.updateEndpoint(id, changes, trx)
      else await repository.insertEndpoint(row, trx)
    }
  }

  /** The system's endpoint with this id. @throws AppError NOT_FOUND */
  async own(trx: Db, { system_name }: SystemRow, id: string): Promise<EndpointRow> {
    const row = await this.deps.repository.findEndpoint(id, trx)
    if (row?.system_name !== system_name) throw new AppError('NOT_FOUND', { message: '接口不存在' })
    return row
  }

  /** @throws AppError INVALID_INPUT */
  async assertUsable(trx: Db, { system_name }: SystemRow): Promise<void> {
    assertComplete(await this.deps.repository.endpoints(system_name, trx))
  }
}

/** @throws AppError INVALID_INPUT where a system could not be kept logged in or read */
export function assertComplete(endpoints: { name: string }[]): void {
  const missing = NEEDED_ENDPOINTS.filter((name) => !endpoints.some((one) => one.name === name))
  if (missing.length > 0)
    throw new AppError('INVALID_INPUT', { message: `缺少接口 ${missing.join('、')}（endpoints）` })
}

const samePath = (a: { endpoint: string; http_method: string }, b: { endpoint: string; http_method: string }) =>
  a.endpoint === b.endpoint && a.http_method === b.http_method
