// What a customer does on the pages of the stand-in runtime.
const LATE_MS = 40_000

/** Waits for a condition; says what never happened. */
async function until(condition, what) {
  const endsAt = Date.now() + LATE_MS
  for (;;) {
    const found = await condition()
    if (found) return found
    if (Date.now() > endsAt) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const contains = (node, text) => node.text === text || (node.children ?? []).some((child) => contains(child, text))
const inside = (node, condition) =>
  condition(node) ? node : (node.children ?? []).map((child) => child.tag && inside(child, condition)).find(Boolean)
const fieldOf = (host, page, label) =>
  host.find(page, (node) => /^field( |$)/.test(node.cls) && contains(node, label)).pop()
const type = (host, page, label, value) =>
  host.fire(
    page,
    inside(fieldOf(host, page, label), ({ tag }) => /^(input|textarea)$/.test(tag)),
    'input',
    { value },
  )
const buttonOf = (host, page, text) => host.find(page, (node) => node.tag === 'button' && contains(node, text)).pop()
const tapButton = (host, page, text) => host.fire(page, buttonOf(host, page, text), 'tap')
const tapAdd = (host, page, label) =>
  host.fire(
    page,
    inside(fieldOf(host, page, label), ({ cls }) => cls.startsWith('uploader__add')),
    'tap',
  )
const tapFooter = (host, page) => {
  const footer = host.find(page, ({ cls }) => cls === 'sheet__footer')[0]
  const buttons = footer.children.flatMap((child) => (child.tag === 'button' ? [child] : child.children))
  return host.fire(page, buttons.pop(), 'tap')
}
const posts = (http) => http.sent.filter(({ method, path: to }) => method === 'POST' && to === '/api/v1/tasks')

async function openForm(host) {
  const page = await host.open('pages/submit/index', { type: 'repair' })
  await until(() => host.text(page).includes('提交需求'), 'the form')
  return page
}

async function fill(host, page) {
  const values = {
    仪器名称: '高效液相色谱仪',
    仪器类型: '色谱仪',
    品牌: '安捷伦',
    型号: '1260',
    故障描述: '泵压力归零',
    任务详细描述: '今早开机后报警 E02',
    联系人: '张三',
    公司名称: '海淀区食品检验所',
    联系电话: '13800138000',
  }
  for (const [name, value] of Object.entries(values)) await type(host, page, name, value)
  await tapButton(host, page, '地图选址')
}

module.exports = { until, contains, inside, buttonOf, tapButton, tapAdd, tapFooter, posts, openForm, fill, type }
