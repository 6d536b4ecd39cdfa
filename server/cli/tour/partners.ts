import { setTimeout as wait } from 'node:timers/promises'
import { hold } from './client'
import type { Tour, TourStep } from './steps'

const PATIENCE_MS = 30_000
const POLL_MS = 250

interface Owed {
  id: string
  topic: string
  seq: number
  state: string
  last_error: string | null
}

/** Everything ngs is owed for this task, in order, once all of it is sent. */
async function sentTo({ api, taskId }: Tour, token: string): Promise<Owed[]> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const { list } = await api.call('GET', `/api/v1/admin/outbox?topic=ngs&q=${taskId}&size=100`, { token })
    const entries = (list as Owed[]).toSorted((a, b) => a.seq - b.seq)
    const waiting = entries.find(({ state }) => state !== 'SENT')
    if (!waiting) return entries
    hold(Date.now() < deadline, `${waiting.topic} 没有送达 ngs：${waiting.last_error ?? waiting.state}`)
    await wait(POLL_MS)
  }
}

/** The recorded call of an entry: it carries the entry's id as its trace id. */
async function callOf({ api }: Tour, token: string, entry: Owed) {
  const { list } = await api.call('GET', `/api/v1/admin/external/logs?system=ngs&q=${entry.id}`, { token })
  const call = list.find((row: { success: boolean }) => row.success)
  hold(call?.response_body.code === 1, `没有找到 ${entry.topic} 被 ngs 受理的记录`)
  return call.request_payload.body as { oId: string; taskId: string }
}

export const PARTNERS: TourStep[] = [
  {
    title: 'ngs 已结案',
    async play(tour) {
      const { api } = tour
      const login = { email: 'admin@example.com', password: 'password123' }
      const { token } = await api.call('POST', '/auth/email-login', { json: login })
      const entries = await sentTo(tour, token)
      if (entries.length === 0) return '没有连接 ngs，无可核对'
      const topics = entries.map(({ topic }) => topic.replace('ngs.', ''))
      hold(topics.join() === 'send,reminder,close', `ngs 收到的操作不对：${topics.join('、')}`)
      const { oId, taskId } = await callOf(tour, token, entries.at(-1)!)
      // An order that is open takes a reminder; ngs refuses one for an order that is closed.
      await api.refused(422, 'POST', '/ngs/wo/reminder', { token, json: { oId, taskId, comments: '核对是否已结案' } })
      return `新建、催办、结案依次送达，工单 ${oId} 在 ngs 已结案，不再受理操作`
    },
  },
]
