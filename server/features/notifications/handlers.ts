import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Wechat } from '../../connectors/wechat'
import { fitField, messageTime } from '../../connectors/wechat/message-fields'
import type { MessageTemplate, MessageTemplates, QuietHours } from '../../config/messages'
import type { Db } from '../../db/database'
import type { Delivery, OutboxHandler } from '../outbox/handler'
import type { OutboxRow } from '../outbox/repository'
import type { Sender } from '../wxwork/sender'
import { tellingOf } from './catalog'
import { type Attempt, type Courier, keptFacts, type OutsideChannel } from './courier'
import { quietUntil } from './quiet-hours'
import { type Reason, REASONS, reasonOf } from './reasons'
import type { LogRow, NotificationRepository } from './repository'

/** About eight minutes; a message much older than its event helps nobody. */
const MAX_TRIES = 10

export interface HandlerDeps {
  repository: NotificationRepository
  courier: Courier
  quietHours: QuietHours
  templates: MessageTemplates
  log: { error(facts: object, message: string): void }
  now: () => Date
}

/** What an attempt brought: the message went out, or must go another way. */
type Brought = { passOn: Reason; outcome: Attempt['outcome'] } | { sent: true; sessionId?: string; to?: string }

const passOn = (reason: Reason, outcome: 'skipped' | 'failed' = 'failed'): Delivery => ({
  state: 'sent',
  value: { passOn: reason, outcome } satisfies Brought,
  note: `已转其他渠道：${REASONS[reason]}`,
})

/** What both channels do alike: read the message, wait out quiet hours, keep what came of it. */
function createChannel(
  { repository, courier, quietHours, now }: HandlerDeps,
  channel: OutsideChannel,
  parts: {
    bring(entry: OutboxRow, row: LogRow): Promise<Delivery>
    brought?(trx: Db, row: LogRow, value: Brought): Promise<void>
    isRepeatable: boolean
  },
): OutboxHandler {
  return {
    async deliver(entry) {
      const row = await repository.findLog(entry.key)
      if (!row) return { state: 'sent', value: null }
      const until = tellingOf(row.event, row.audience_kind).urgent ? null : quietUntil(now(), quietHours)
      if (until) return { state: 'later', until, error: '免打扰时段，稍后发送' }
      return parts.bring(entry, row)
    },
    isRepeatable: () => parts.isRepeatable,
    async delivered(trx, { key }, value) {
      const row = value ? await repository.findLog(key, trx) : null
      if (!row) return
      const brought = value as Brought
      await parts.brought?.(trx, row, brought)
      if ('passOn' in brought)
        await courier.passOn(trx, key, channel, { outcome: brought.outcome, reason: brought.passOn })
    },
    doubtful: (trx, { key }) => courier.finish(trx, key, channel, 'unknown'),
    decided: (trx, { key }, state) =>
      state === 'SENT' ? courier.finish(trx, key, channel, 'settled') : courier.reopen(trx, key, channel),
    learn: async () => false,
  }
}

/** Subscribe messages to customers. */
export function createWechatHandler(deps: HandlerDeps & { wechat: Wechat }): OutboxHandler {
  const { repository, courier, templates, wechat, log } = deps
  const templateOf = ({ event }: LogRow) => templates[event as keyof MessageTemplates]

  async function bring(entry: OutboxRow, row: LogRow): Promise<Delivery> {
    const template = templateOf(row)
    const { openId, customerId } = await repository.recipient(row.audience)
    if (!template) return passOn('no-template', 'skipped')
    if (!openId || customerId === null) return passOn('no-openid', 'skipped')
    if ((await repository.credits(customerId, template.templateId)) <= 0) return passOn('no-credit', 'skipped')
    try {
      // Asked for first: what goes wrong here has sent nothing.
      await wechat.accessToken()
    } catch (error) {
      return unreachable(entry, error)
    }
    try {
      await wechat.sendSubscribeMessage({ openId, reference: row.id, ...messageOf(template, row) })
      return { state: 'sent', value: { sent: true } satisfies Brought }
    } catch (error) {
      return failureOf(entry, error)
    }
  }

  function failureOf(entry: OutboxRow, error: unknown): Delivery {
    const { kind, detail } = asUpstream(error)
    if (kind === 'unknown-outcome' || kind === 'bad-response')
      return { state: 'unknown', error: '微信没有确认结果，消息可能已经送达' }
    if (kind === 'unavailable' || kind === 'unauthenticated' || (kind === 'rate-limited' && !isQuota(detail)))
      return unreachable(entry, error)
    const reason = reasonOf(detail.reason)
    if (reason === 'bad-field' || reason === 'bad-template' || reason === 'bad-page')
      log.error({ outbox: entry.id, ...detail }, 'WECHAT_TEMPLATES does not fit the template at WeChat')
    return passOn(reason)
  }

  async function brought(trx: Db, row: LogRow, value: Brought): Promise<void> {
    const template = templateOf(row)
    const { customerId } = await repository.recipient(row.audience, trx)
    const credit = template && customerId !== null ? { customerId, templateId: template.templateId } : null
    if ('sent' in value) {
      if (credit) await repository.spendCredit({ ...credit, time: deps.now() }, trx)
      await courier.finish(trx, row.id, 'wechat', 'sent')
    } else if (credit && value.passOn === 'no-credit')
      await repository.clearCredit({ ...credit, time: deps.now() }, trx)
  }

  return createChannel(deps, 'wechat', { bring, brought, isRepeatable: false })
}

/** WeChat refused after all: a cloud function sent the message, and tells so afterwards. */
export function createLateRefusal({ repository, courier, templates, now }: HandlerDeps) {
  return async (trx: Db, id: string, code: string): Promise<void> => {
    const reason = reasonOf(code)
    const row = await repository.findLog(id, trx)
    const template = row && templates[row.event as keyof MessageTemplates]
    if (template && reason === 'no-credit') {
      const { customerId } = await repository.recipient(row.audience, trx)
      if (customerId !== null)
        await repository.clearCredit({ customerId, templateId: template.templateId, time: now() }, trx)
    }
    await courier.passOn(trx, id, 'wechat', { outcome: 'failed', reason })
  }
}

/** Texts by an Enterprise-WeChat account: this only puts them into its queue, whose sender tells what came of them. */
export function createWxworkHandler(
  deps: HandlerDeps & { sender: Pick<Sender, 'onlineAccount' | 'enqueue'> },
): OutboxHandler {
  const { repository, sender } = deps

  async function bring(_entry: OutboxRow, row: LogRow): Promise<Delivery> {
    const { wxworkUserId } = await repository.recipient(row.audience)
    if (!wxworkUserId) return passOn('no-wxwork-id', 'skipped')
    const sessionId = await sender.onlineAccount({ except: keptFacts(row).exceptSession })
    if (!sessionId) return passOn('wxwork-offline', 'skipped')
    return { state: 'sent', value: { sent: true, sessionId, to: wxworkUserId } satisfies Brought }
  }

  async function brought(trx: Db, row: LogRow, value: Brought): Promise<void> {
    if (!('sent' in value)) return
    const content = `【${row.title}】\n${row.content}`
    const message = { sessionId: value.sessionId!, to: value.to!, content, notificationId: row.id }
    await sender.enqueue({ ...message, kfId: 0, isRoom: false, patient: true }, trx)
  }

  return createChannel(deps, 'wxwork', { bring, brought, isRepeatable: true })
}

const asUpstream = (error: unknown): Pick<UpstreamError, 'kind' | 'detail'> =>
  error instanceof UpstreamError ? error : { kind: 'unknown-outcome', detail: {} }

const isQuota = ({ reason }: UpstreamError['detail']) => reason === 'daily-quota'

/** Nothing was sent: again after a pause, until it has been tried for too long. */
function unreachable({ attempts }: OutboxRow, error: unknown): Delivery {
  const { kind, detail } = asUpstream(error)
  if (isQuota(detail)) return passOn('daily-quota')
  if (detail.reason === 'circuit-open') return { state: 'held', error: '微信暂时无法连接，稍后重试' }
  if (attempts >= MAX_TRIES) return passOn('no-answer')
  const isOurs = kind === 'unauthenticated'
  return { state: 'unreachable', error: isOurs ? '微信不接受我方的凭证' : '微信无法连接或繁忙' }
}

/** The template filled in: texts are shortened where WeChat allows it; what cannot fit is found before sending. */
function messageOf({ templateId, page, fields }: MessageTemplate, row: LogRow) {
  const facts = keptFacts(row)
  const filled = Object.entries(fields).map(([field, source]) => [field, valueOf(field, facts[source] ?? '')])
  return {
    templateId,
    page: page.replaceAll('{task_id}', encodeURIComponent(row.task_id ?? '')),
    fields: Object.fromEntries(filled) as Record<string, string>,
  }
}

function valueOf(field: string, value: string): string {
  const isTime = /^(time|date)\d/.test(field)
  return isTime && value ? messageTime(new Date(value)) : fitField(field, value)
}
