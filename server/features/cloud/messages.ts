import type { Logger } from 'pino'
import type { CloudMessage, CloudMessageResult } from '../../../types/cloud'
import type { SubscribeMessage } from '../../connectors/wechat'
import { newId } from '../../ids'
import type { CloudRepository } from './repository'

const BATCH = 20
const KEPT_MS = 7 * 24 * 3600_000
const MAX_ERROR = 500

/**
 * Subscribe messages that leave through the function `notify`: WeChat lets a function call its interfaces only when the
 * mini-program or a timer started it, so the function comes and takes them. One that was taken is never given out
 * again: a lost result may mean it was sent.
 */
export function createCloudMessages(deps: { repository: CloudRepository; log: Logger; now: () => Date }) {
  const { repository, log, now } = deps
  return {
    /** Takes the place of `Wechat.sendSubscribeMessage`. */
    async send({ openId, templateId, fields, page }: SubscribeMessage): Promise<void> {
      const payload = JSON.stringify({ openid: openId, templateId, fields, ...(page ? { page } : {}) })
      const time = now()
      await repository.addMessage({
        id: newId(),
        payload,
        state: 'PENDING',
        error: null,
        create_time: time,
        update_time: time,
      })
    },

    /** Messages for one run of the function. */
    async take(): Promise<CloudMessage[]> {
      const taken: CloudMessage[] = []
      for (const { id, payload } of await repository.pendingMessages(BATCH))
        if (await repository.takeMessage(id, now())) taken.push({ id, ...JSON.parse(payload) })
      return taken
    },

    async settle(results: CloudMessageResult[]): Promise<{ settled: number }> {
      let settled = 0
      for (const { id, ok, errcode, error } of results) {
        const text = ok ? null : `${errcode ?? ''} ${error ?? ''}`.trim().slice(0, MAX_ERROR)
        const outcome = { state: ok ? ('SENT' as const) : ('FAILED' as const), error: text, update_time: now() }
        if (await repository.settleMessage(id, outcome)) settled++
        if (!ok) log.warn({ message: id, errcode, error }, 'subscribe message refused')
      }
      return { settled }
    },

    prune: async (): Promise<{ removed: number }> => ({
      removed: await repository.removeMessagesBefore(new Date(now().getTime() - KEPT_MS)),
    }),
  }
}

export type CloudMessages = ReturnType<typeof createCloudMessages>
