import { z } from 'zod'
import { type AdminOutboxRow, OUTBOX_STATES } from '../../../types/api/admin'
import { staff } from '../../http/authenticate'
import { oneOf, optionalText, pageQuery, text, uuid } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { OutboxService } from './service'

const entry = z.object({
  id: z.string(),
  topic: z.string(),
  key: z.string(),
  seq: z.number().int(),
  task_id: z.string(),
  state: z.enum(OUTBOX_STATES),
  attempts: z.number().int(),
  next_attempt_at: z.string().nullable(),
  waiting_for: z.string().nullable(),
  last_error: z.string().nullable(),
  note: z.string().nullable(),
  payload: z.unknown(),
  sent_at: z.string().nullable(),
  create_time: z.string(),
  update_time: z.string(),
}) satisfies z.ZodType<AdminOutboxRow>

const optional = (label: string, max: number) => optionalText(label, max).transform((value) => value ?? undefined)
const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value)
const query = z.object({
  ...pageQuery(20),
  state: z.preprocess(blankIsAbsent, oneOf('状态', OUTBOX_STATES).optional()),
  topic: optional('主题', 50),
  waiting: z.preprocess(blankIsAbsent, oneOf('是否等待处理', ['true', 'false']).optional()),
  q: optional('搜索内容', 100),
})
const params = z.object({ id: uuid('条目编号') })

const resolveBody = z
  .object({
    oId: optionalText('工单 oId', 64),
    taskId: optionalText('工单 taskId', 64),
    note: text('说明', 500),
  })
  .check(({ value, issues }) => {
    for (const [name, other] of [
      ['oId', 'taskId'],
      ['taskId', 'oId'],
    ] as const)
      if (!value[name] && value[other])
        issues.push({
          code: 'custom',
          path: [name],
          message: `工单 ${name}不能为空，须与 ${other} 一起填写`,
          input: value[name],
        })
  })

const DECISION = {
  access: staff('ADMIN'),
  params,
  response: entry,
  idempotent: true,
  errors: ['NOT_FOUND', 'OUTBOX_NOT_OPEN'],
} as const

export function mountOutboxRoutes({ route }: Family, { outbox }: { outbox: OutboxService }) {
  route(
    'get',
    '/admin/outbox',
    {
      summary: '欠合作系统的写入',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query,
      response: pageOf(entry),
      message: '获取成功',
    },
    ({ query: { waiting, ...rest } }) => outbox.list({ ...rest, waiting: waiting === 'true' }),
  )

  route(
    'post',
    '/admin/outbox/:id/retry',
    { ...DECISION, summary: '立即重试', message: '已安排重试' },
    ({ who, params: { id }, once }) => outbox.retry(who, id, once),
  )

  route(
    'post',
    '/admin/outbox/:id/resolve',
    { ...DECISION, summary: '人工处理：补充编号，或说明已在对方系统办理', body: resolveBody, message: '已处理' },
    ({ who, params: { id }, body: { oId, taskId, note }, once }) =>
      outbox.resolve(who, id, { finding: oId && taskId ? { oId, taskId } : null, note, once }),
  )
}
