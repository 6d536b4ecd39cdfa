import type { ApiAnswer } from '../support/api-client'

/** What a caller may hear while all is well: done, refused by a rule, or too fast. */
const CALM = [200, 202, 400, 404, 409, 422, 429]
/** What a caller may hear besides while something is broken: later, or a partner's fault. */
const TROUBLED = [...CALM, 502, 503, 504]

/** Counts what was asked and answered; an answer nobody may get is kept word for word. */
export function createTally() {
  const statuses = new Map<string, number>()
  const heard = new Map<string, number[]>()
  const milliseconds: number[] = []
  const wrong: string[] = []
  let faults = 0
  const hear = (what: string, status: number) => heard.set(what, [...(heard.get(what) ?? []), status])

  return {
    /** Whether failing answers are expected at the moment, and to which acts. */
    troubled: false as boolean | readonly string[],
    /** Whether the server may be gone at the moment. */
    killing: false,
    /** Something breaks: what is heard from now on is heard during this fault. */
    fault: () => {
      faults++
      heard.clear()
    },
    /** Answers to an act since the last fault began. */
    heard: (what: string): readonly number[] => heard.get(what) ?? [],
    wrong,
    count: (status: number | 'broken') => statuses.get(String(status)) ?? 0,
    get requests() {
      return milliseconds.length
    },

    /** @returns the answer; null where none came */
    async note(what: string, call: Promise<ApiAnswer>): Promise<ApiAnswer | null> {
      const began = performance.now()
      const { answer, reason } = await call.then(
        (received) => ({ answer: received, reason: null }),
        (error: Error) => ({ answer: null, reason: error }),
      )
      milliseconds.push(performance.now() - began)
      const status = String(answer?.status ?? 'broken')
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (!answer) {
        if (!this.killing) wrong.push(`${what}: ${String(reason?.cause ?? reason)}`)
        return null
      }
      hear(what, answer.status)
      const allowed = this.killing || mayFail(this.troubled, what) ? TROUBLED : CALM
      if (!allowed.includes(answer.status)) wrong.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer
    },

    print(title: string, kept: object): void {
      const sorted = milliseconds.toSorted((a, b) => a - b)
      const at = (part: number) => Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0)
      const answers = [...statuses]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([status, count]) => `${count} × ${status}`)
      const found = Object.entries(kept).map(([what, count]) => `${count} ${what}`)
      process.stdout.write(
        `load: ${title}: ${sorted.length} requests (${answers.join(', ')}), ${faults} faults, ` +
          `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; kept ${found.join(', ')}\n`,
      )
    },
  }
}

const mayFail = (troubled: boolean | readonly string[], what: string): boolean =>
  typeof troubled === 'boolean' ? troubled : troubled.includes(what)

export type Tally = ReturnType<typeof createTally>
