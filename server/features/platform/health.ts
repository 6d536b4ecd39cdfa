import type { CircuitName } from '../../connectors/kit/http'
import type { Database } from '../../db/database'
import type { FileStorage } from '../files/storage'

export interface HealthPart {
  ok: boolean
  detail?: string
}
export interface HealthReport {
  ok: boolean
  checks: Record<string, HealthPart>
}

const PATIENCE_MS = 3000

export interface HealthDeps {
  database: Pick<Database, 'ping'>
  storage: FileStorage
  /** Where replicas share one; without it the service goes on. */
  redis?: { ping(): Promise<void> } | null
  /** State of each partner; a partner that is down does not take the service down. */
  partners: Record<string, () => HealthPart>
  /** Partners that come and go while the server runs. */
  morePartners?: () => Record<string, HealthPart>
  /** Accounts kept logged in at partners; neither do these. */
  accounts?: () => Promise<Record<string, HealthPart>>
}

export function createHealthService(deps: HealthDeps) {
  const { database, storage, redis, partners, morePartners, accounts } = deps
  let stopping = false

  async function partnerStates({ withAccounts = true } = {}): Promise<Record<string, HealthPart>> {
    const states = Object.fromEntries(Object.entries(partners).map(([name, state]) => [name, state()]))
    return { ...states, ...morePartners?.(), ...(withAccounts && (await accounts?.().catch(() => ({})))) }
  }

  return {
    /** Every partner that is configured, and accounts at them as `partner:account`. */
    partners: () => partnerStates(),

    /** From now on load balancers are told to look elsewhere. */
    stop: () => {
      stopping = true
    },
    async check(): Promise<HealthReport> {
      const [db, disk, shared] = await Promise.all([
        attempt(() => database.ping()),
        attempt(() => storage.check()),
        redis ? attempt(() => redis.ping()) : null,
      ])
      const own = { database: db, disk, ...(shared && { redis: shared }) }
      const checks: Record<string, HealthPart> = { ...own, ...(await partnerStates({ withAccounts: db.ok })) }
      if (stopping) checks.server = { ok: false, detail: 'stopping' }
      return { ok: db.ok && disk.ok && !stopping, checks }
    },
  }
}

export type HealthService = ReturnType<typeof createHealthService>

/** Partners that are configured, by the state of the circuit to each. */
export function circuitsOf(
  partners: Record<string, { state(): { circuit: CircuitName } } | null>,
): HealthDeps['partners'] {
  const built = Object.entries(partners).flatMap(([name, partner]) => (partner ? [[name, partner] as const] : []))
  return Object.fromEntries(
    built.map(([name, partner]) => [
      name,
      () => {
        const { circuit } = partner.state()
        return { ok: circuit !== 'open', detail: circuit }
      },
    ]),
  )
}

async function attempt(work: () => Promise<void>): Promise<HealthPart> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 3 s')), PATIENCE_MS)
  })
  try {
    await Promise.race([work(), late])
    return { ok: true }
  } catch (error) {
    const { code } = error as { code?: string }
    return { ok: false, detail: code ?? (error as Error).message }
  } finally {
    clearTimeout(timer)
  }
}
