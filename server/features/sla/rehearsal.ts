import { shanghaiTime } from '../../time'
import type { RehearsedFix, SlaRule } from './repository'
import { inForce, passes } from './rules'

const MAX_EXAMPLES = 20

interface TeamFlips {
  team_id: string | null
  org_id: string
  fixes: number
  to_refused: number
  to_accepted: number
}

/** Decides stored fixes again, once under the rules of today and once under the proposed ones. */
export function createRehearsal(before: SlaRule[], after: SlaRule[]) {
  const teams = new Map<string, TeamFlips>()
  const examples: object[] = []
  const flips = { to_refused: 0, to_accepted: 0 }
  let fixes = 0

  return {
    add(fix: RehearsedFix): void {
      if (fix.distance_meters === null) return
      fixes++
      const key = `${fix.org_id}/${fix.team_id ?? ''}`
      const team = teams.get(key) ?? {
        team_id: fix.team_id,
        org_id: fix.org_id,
        fixes: 0,
        to_refused: 0,
        to_accepted: 0,
      }
      teams.set(key, team)
      team.fixes++
      const subject = { ...fix, id: fix.work_order_id }
      const was = passes(fix.distance_meters, fix.accuracy_meters, inForce(before, subject))
      const becomes = passes(fix.distance_meters, fix.accuracy_meters, inForce(after, subject))
      if ((was === 'OK') === (becomes === 'OK')) return
      const direction = becomes === 'OK' ? 'to_accepted' : 'to_refused'
      flips[direction]++
      team[direction]++
      if (examples.length < MAX_EXAMPLES) examples.push(exampleOf(fix, was, becomes))
    },
    result: () => ({ fixes, flips, teams: [...teams.values()], examples: examples as ReturnType<typeof exampleOf>[] }),
  }
}

function exampleOf(fix: RehearsedFix, before: string, after: string) {
  return {
    work_order_id: fix.work_order_id,
    task_id: fix.task_id,
    worker_name: fix.worker_name ?? '',
    distance_meters: fix.distance_meters ?? 0,
    before,
    after,
    time: shanghaiTime(fix.created_at),
  }
}
