import type { Channel } from '../../../types/api/notifications'
import type { MessageTemplates, TemplateSource } from '../../config/messages'
import type { Db } from '../../db/database'
import type { OutboxService } from '../outbox/service'
import { tellingOf } from './catalog'
import type { Reason } from './reasons'
import type { LogRow, NotificationRepository, Recipient } from './repository'

export type OutsideChannel = Extract<Channel, 'wechat' | 'wxwork'>

/** One channel's part in a message, as `notification_log.attempts` keeps it. */
export interface Attempt {
  channel: Channel
  outcome: 'sent' | 'skipped' | 'failed' | 'unknown'
  reason: Reason | null
  /** ISO 8601. */
  time: string
}

export const TOPICS = { wechat: 'wechat.message', wxwork: 'wxwork.text' } as const satisfies Record<
  OutsideChannel,
  string
>

/** How a message ends at a channel; `settled`: by a person's word. */
const ENDS = {
  sent: { outcome: 'sent', reason: null },
  unknown: { outcome: 'unknown', reason: 'outcome-unknown' },
  settled: { outcome: 'sent', reason: 'by-hand' },
} as const

export interface CourierDeps {
  repository: NotificationRepository
  outbox: Pick<OutboxService, 'add'>
  /** Whether there is a WeChat, and a gateway. */
  reachable: Record<OutsideChannel, boolean>
  /** An Enterprise-WeChat account that can send now, other than this one. */
  onlineAccount(trx: Db, except?: string): Promise<string | null>
  templates: MessageTemplates
  now: () => Date
}

/** What a message was written down with, for its template and its way. */
export interface KeptFacts extends Partial<Record<TemplateSource, string>> {
  /** The wxwork account this is about, which cannot bring it. */
  exceptSession?: string
}
export const keptFacts = ({ facts }: LogRow) => JSON.parse(facts) as KeptFacts

const isOutside = (channel: Channel): channel is OutsideChannel => channel === 'wechat' || channel === 'wxwork'

const attemptAt = (now: Date, channel: Channel, { outcome, reason }: Pick<Attempt, 'outcome' | 'reason'>): Attempt => ({
  channel,
  outcome,
  reason,
  time: now.toISOString(),
})

/** Finds the way for a message, and says what the ways before it lacked. */
function createChoice(deps: CourierDeps) {
  const { repository, reachable, templates, now } = deps

  /** Why this channel cannot work, as far as is known without trying. */
  async function obstacle(trx: Db, channel: OutsideChannel, row: LogRow, who: Recipient): Promise<Reason | null> {
    if (!reachable[channel]) return 'not-configured'
    if (channel === 'wxwork') {
      if (!who.wxworkUserId) return 'no-wxwork-id'
      return (await deps.onlineAccount(trx, keptFacts(row).exceptSession)) ? null : 'wxwork-offline'
    }
    const template = templates[row.event as keyof MessageTemplates]
    if (!template) return 'no-template'
    if (!who.openId || who.customerId === null) return 'no-openid'
    return (await repository.credits(who.customerId, template.templateId, trx)) > 0 ? null : 'no-credit'
  }

  return async (trx: Db, row: LogRow, who: Recipient, channels: readonly Channel[]) => {
    const attempts: Attempt[] = []
    for (const channel of channels.filter(isOutside)) {
      const reason = await obstacle(trx, channel, row, who)
      if (!reason) return { channel, outcome: 'pending' as const, attempts }
      attempts.push(attemptAt(now(), channel, { outcome: 'skipped', reason }))
    }
    return { channel: 'inbox' as const, outcome: 'sent' as const, attempts }
  }
}

/** Takes a message from channel to channel: the first that may work gets it through the outbox, the inbox is the last. */
export function createCourier(deps: CourierDeps) {
  const { repository, outbox, now } = deps
  const choose = createChoice(deps)

  const owe = (trx: Db, row: LogRow, channel: OutsideChannel) =>
    outbox.add(trx, {
      system: channel,
      topic: TOPICS[channel],
      key: row.id,
      subject: row.task_id ?? row.event,
      payload: { event: row.event, audience: row.audience, title: row.title, content: row.content },
    })

  async function write(trx: Db, row: LogRow, changes: Pick<LogRow, 'channel' | 'outcome'>, added: Attempt[]) {
    const attempts = JSON.stringify([...(JSON.parse(row.attempts) as Attempt[]), ...added])
    await repository.updateLog(row.id, { ...changes, attempts, update_time: now() }, trx)
  }

  return {
    /** Writes a new message down and gives it to its first channel. False: it was told before. */
    async start(trx: Db, blank: LogRow, who: Recipient): Promise<boolean> {
      const { channels } = tellingOf(blank.event, blank.audience_kind)
      const here = channels
        .filter((channel) => !isOutside(channel))
        .map((channel) => attemptAt(now(), channel, { outcome: 'sent', reason: null }))
      const { attempts, ...chosen } = await choose(trx, blank, who, channels)
      const row = { ...blank, ...chosen, attempts: JSON.stringify([...here, ...attempts]) }
      if (!(await repository.insertLog(row, trx))) return false
      if (isOutside(chosen.channel)) await owe(trx, row, chosen.channel)
      return true
    },

    /** The channel did not bring it: on to the next. */
    async passOn(trx: Db, id: string, from: OutsideChannel, failure: Pick<Attempt, 'outcome' | 'reason'>) {
      const row = await repository.findLog(id, trx)
      if (!row) return
      const { channels } = tellingOf(row.event, row.audience_kind)
      const who = await repository.recipient(row.audience, trx)
      const left = channels.slice(channels.indexOf(from) + 1)
      const { attempts, ...chosen } = await choose(trx, row, who, left)
      await write(trx, row, chosen, [attemptAt(now(), from, failure), ...attempts])
      if (isOutside(chosen.channel)) await owe(trx, row, chosen.channel)
    },

    /** It went out over this channel, or may have. */
    async finish(trx: Db, id: string, channel: OutsideChannel, end: keyof typeof ENDS): Promise<void> {
      const row = await repository.findLog(id, trx)
      if (!row) return
      const { outcome, reason } = ENDS[end]
      const last = attemptAt(now(), channel, { outcome, reason })
      await write(trx, row, { channel, outcome }, [last])
    },

    /** A person has it sent again over this channel. */
    async reopen(trx: Db, id: string, channel: OutsideChannel): Promise<void> {
      const row = await repository.findLog(id, trx)
      if (row) await write(trx, row, { channel, outcome: 'pending' }, [])
    },
  }
}

export type Courier = ReturnType<typeof createCourier>
