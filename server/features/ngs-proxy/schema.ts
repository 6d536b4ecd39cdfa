import { z } from 'zod'
import type { NgsOperation } from '../../connectors/ngs/constants'

const id = (label: string) => z.string(`${label}必须是文本`).nullish()
/** What we do not name passes; what we name must have the shape of the document. */
const table = (label: string) => z.record(z.string(), z.unknown(), `${label}必须是对象`).nullish()

const fields = z.looseObject(
  {
    mapId: id('工单 mapId'),
    customerGuid: id('客户 guid'),
    oId: id('工单 oId'),
    taskId: id('工单 taskId'),
    objective: table('objective 表字段'),
    task: table('elitetask 表字段'),
    tabc: z.record(z.string(), table('tabc 表字段'), 'tabc 表必须是对象').nullish(),
  },
  '请求体必须是 JSON 对象',
)

type Fields = z.infer<typeof fields>
type Name = 'mapId' | 'customerGuid' | 'oId' | 'taskId'

const LABELS: Record<Name, string> = {
  mapId: '工单 mapId',
  customerGuid: '客户 guid',
  oId: '工单 oId',
  taskId: '工单 taskId',
}
const NEW = ['mapId', 'customerGuid'] as const
const KNOWN = ['oId', 'taskId'] as const

/** One of the two pairs, whole, and nothing of the other: a new order, or one that is there. */
const eitherPair = fields.check(({ value, issues }) => {
  const fault = (name: Name, message: string) =>
    issues.push({ code: 'custom', path: [name], message, input: value[name] })
  const given = (names: readonly Name[]) => names.filter((name) => isGiven(value, name))
  const [fresh, existing] = [given(NEW), given(KNOWN)]
  if (fresh.length > 0 && existing.length > 0)
    for (const name of [...fresh, ...existing])
      fault(name, 'mapId、customerGuid（新建）与 oId、taskId（已有工单）只能传一组')
  else if (fresh.length + existing.length === 0)
    for (const name of [...NEW, ...KNOWN]) fault(name, '新建工单须传 mapId 和 customerGuid，已有工单须传 oId 和 taskId')
  else
    for (const name of fresh.length > 0 ? NEW : KNOWN) if (!isGiven(value, name)) fault(name, `${LABELS[name]}不能为空`)
})

/** Operations that no new order can have. */
const knownOrder = fields.check(({ value, issues }) => {
  for (const name of NEW)
    if (isGiven(value, name))
      issues.push({ code: 'custom', path: [name], message: `此操作只用于已有工单，不能传 ${name}`, input: value[name] })
  for (const name of KNOWN)
    if (!isGiven(value, name))
      issues.push({ code: 'custom', path: [name], message: `${LABELS[name]}不能为空`, input: value[name] })
})

const isGiven = (value: Fields, name: Name) => Boolean(value[name]?.trim())

export const NGS_BODIES: Record<NgsOperation, z.ZodType<Fields>> = {
  save: eitherPair,
  send: eitherPair,
  back: eitherPair,
  revoke: eitherPair,
  close: knownOrder,
  failedClose: knownOrder,
  reminder: knownOrder,
}
