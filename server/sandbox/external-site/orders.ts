export interface SandboxOrder {
  id: string
  title: string
  content: string
  address: string
  status: string
  create_time: string
  history: { time: string; note: string }[]
}

const PLACES = ['朝阳区酒仙桥路', '海淀区中关村南大街', '丰台区科学城', '通州区经海路', '昌平区生命园路']
const DEVICES = ['高效液相色谱仪', '气相色谱仪', '离心机', '生物安全柜', '超低温冰箱', '分光光度计']
const FAULTS = ['无法开机', '压力异常', '基线漂移', '温度不稳', '需要年度保养', '申请移机']
const STATUSES = ['待处理', '已受理', '已完成']
const FIRST = Date.UTC(2026, 0, 5)
const STEP_MS = 37 * 60_000

/** Newest first, as sites list them; numbers go on from `from`. */
export function createOrders(count: number, from = 0): SandboxOrder[] {
  return Array.from({ length: count }, (_, index) => from + count - index).map(createOrder)
}

function createOrder(number: number): SandboxOrder {
  const pick = (list: string[]) => list[number % list.length]!
  const time = new Date(FIRST + number * STEP_MS).toISOString().slice(0, 19).replace('T', ' ')
  return {
    id: `WO${String(number).padStart(6, '0')}`,
    title: `${pick(DEVICES)}${pick(FAULTS)}`,
    content: `${pick(DEVICES)}于${time}报修：${pick(FAULTS)}，请尽快安排人员上门。`,
    address: `北京市${pick(PLACES)}${(number % 80) + 1}号`,
    status: pick(STATUSES),
    create_time: time,
    history: [{ time, note: '市中心受理' }],
  }
}
