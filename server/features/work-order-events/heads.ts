import { createHmac } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { shanghaiTime } from '../../time'
import type { EventRepository, StoredHead } from './repository'

const BATCH = 1000
/** Earlier versions wrote one file a day, named by the day alone. */
const ANY_FILE = /^\d{8}(\d{6})?\.jsonl$/
const FILE = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\.jsonl$/
/** No transaction that was open when a file was written ends later than this. */
const OVERLAP_MS = 3600 * 1000

/** Heads kept of each work order, oldest first. */
export type KeptHeads = Map<string, StoredHead[]>

export interface ChainHeadsDeps {
  repository: EventRepository
  key: string
  /** One file a run, none ever rewritten: `YYYYMMDDHHmmss.jsonl`, Asia/Shanghai. */
  dir: string
  now: () => Date
}

/**
 * Heads of the event chains, kept outside the database: whoever cuts a chain's tail and mends the task row too cannot
 * mend these (field-work.md, evidence chain). Every line carries its own HMAC.
 */
export function createChainHeads({ repository, key, dir, now }: ChainHeadsDeps) {
  const mac = ({ id, event_seq, event_head }: StoredHead) =>
    createHmac('sha256', key).update(`head\n${id}\n${event_seq}\n${event_head}`).digest('hex')

  const files = async () =>
    (await fs.readdir(dir).catch(() => [] as string[])).filter((name) => ANY_FILE.test(name)).toSorted()

  /** Work orders untouched since the newest file stand in it or in an older one already. */
  async function changedSince(): Promise<Date> {
    const [, ...parts] = FILE.exec((await files()).at(-1) ?? '') ?? []
    if (parts.length === 0) return new Date(0)
    const [year, month, day, hour, minute, second] = parts
    const written = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
    return new Date(written.getTime() - OVERLAP_MS)
  }

  return {
    /** Writes a new file, whole or not at all. @returns how many heads it holds */
    async write(): Promise<number> {
      await fs.mkdir(dir, { recursive: true })
      const name = `${shanghaiTime(now()).replace(/\D/g, '')}.jsonl`
      const since = await changedSince()
      const draft = path.join(dir, `${name}.${process.pid}.part`)
      const handle = await fs.open(draft, 'w')
      let count = 0
      try {
        for (let after = ''; ;) {
          const heads = await repository.heads(since, after, BATCH)
          for (const head of heads) await handle.write(`${JSON.stringify({ ...head, mac: mac(head) })}\n`)
          count += heads.length
          const last = heads.at(-1)
          if (!last || heads.length < BATCH) break
          after = last.id
        }
        await handle.sync()
      } finally {
        await handle.close()
      }
      await fs.rename(draft, path.join(dir, name))
      return count
    },

    /**
     * Every head kept of every work order, or of the one with this id: the newest alone would not show a tail that was
     * cut off and grew again.
     * @throws when a line is not ours
     */
    async read(only?: string): Promise<KeptHeads> {
      const kept: KeptHeads = new Map()
      for (const name of await files()) {
        const text = await fs.readFile(path.join(dir, name), 'utf8')
        for (const line of text.split('\n').filter((one) => one !== '' && (!only || one.includes(only)))) {
          const { mac: given, ...head } = JSON.parse(line) as StoredHead & { mac: string }
          if (given !== mac(head)) throw new Error(`${name}: the head of ${head.id} was altered`)
          const known = kept.get(head.id)
          if (!known) kept.set(head.id, [head])
          else if (known.at(-1)!.event_head !== head.event_head) known.push(head)
        }
      }
      return kept
    },
  }
}
