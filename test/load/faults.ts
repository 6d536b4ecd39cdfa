import type { SandboxControl } from '../../server/sandbox/kit'
import { HAS_REDIS } from '../support/redis'
import type { Mix } from './mix'
import type { Stage } from './stage'

/** Something outside the server that breaks and is mended while it works on. */
export interface Fault {
  name: string
  begin(stage: Stage): Promise<void>
  end(stage: Stage): Promise<void>
  /** Acts that lean on the broken part, by their names in the tally; every other one goes on. */
  acts: readonly string[]
  /** Those, beside the usual load. */
  lean?(stage: Stage, mix: Mix): Promise<unknown>
  /** Whether one of them must say that it cannot be done. */
  says?: boolean
}

const UNUSABLE = ['down', 'out of order (503)', 'answering garbage']
const HOW: Record<string, SandboxControl> = {
  slow: { latencyMs: 1_500 },
  down: { dropConnection: true },
  'out of order (503)': { status: 503 },
  'answering garbage': { garbage: true },
  'losing its answers': { dropAnswer: true },
}
const WELL: SandboxControl = { latencyMs: 0, dropConnection: false, status: 0, garbage: false, dropAnswer: false }

type Partner = 'wechat' | 'ngs' | 'wxwork' | 'site'

async function control({ url }: { url: string }, message: SandboxControl): Promise<void> {
  const response = await fetch(`${url}/__control`, { method: 'POST', body: JSON.stringify(message) })
  if (!response.ok) throw new Error(`the sandbox does not obey: ${response.status}`)
}

const LEANING: Record<Partner, Required<Pick<Fault, 'acts' | 'lean'>>> = {
  wechat: { acts: ['login'], lean: (_stage, mix) => mix.acts.login() },
  ngs: {
    acts: ['ngs'],
    lean: ({ api, tally, people: { admin } }) =>
      tally.note('ngs', api.post('/ngs/wo/reminder', { oId: 'nobody’s', taskId: 'nobody’s' }, admin)),
  },
  wxwork: {
    acts: ['contacts', 'send-text'],
    lean: ({ api, tally, people: { admin } }, mix) =>
      Promise.all([tally.note('contacts', api.post('/api/contacts', {}, admin)), mix.acts.message()]),
  },
  site: {
    acts: ['check', 'session', 'pull'],
    lean: async ({ api, tally, people: { admin } }) => {
      const base = '/api/v1/admin/external/city'
      await tally.note('check', api.post(`${base}/op1/check`, {}, admin))
      await tally.note('session', api.post(`${base}/op1/session`, {}, admin))
      await tally.note('pull', api.post(`${base}/pull`, {}, admin))
    },
  },
}

const faultsOf = (partner: Partner): Fault[] =>
  Object.entries(HOW).map(([how, message]) => ({
    name: `${partner} ${how}`,
    begin: ({ partners }) => control(partners[partner], message),
    end: ({ partners }) => control(partners[partner], WELL),
    ...LEANING[partner],
    says: UNUSABLE.includes(how),
  }))

/** Redis comes back empty, on the same port. */
const REDIS_FAULTS: Fault[] = [
  { name: 'redis killed', acts: [], begin: ({ redis }) => redis!.kill(), end: ({ redis }) => redis!.start() },
  {
    name: 'redis taking connections and answering nothing',
    acts: [],
    begin: async ({ redis }) => redis!.freeze(),
    end: async ({ redis }) => redis!.thaw(),
  },
]

/** Every partner, in every way in which it can fail, and what replicas share. */
export const FAULTS: Fault[] = [
  ...(['wechat', 'ngs', 'wxwork', 'site'] as const).flatMap(faultsOf),
  ...(HAS_REDIS ? REDIS_FAULTS : []),
]
