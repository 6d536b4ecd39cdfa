/**
 * `npm run bench`: how fast the application is beside a bare `node:http` server that does the same work and beside an
 * Express + TypeORM twin, in the same run on the same machine. Prints a table; ends with 1 where a target is missed.
 *
 *   --quick            short rounds and 10,000 rows in the large tables, for CI
 *   --curve 10000      only the list, the precheck and the callback over so many rows, beside a thousand
 *   --rows 1000000     up to so many tasks of the list and positions of the precheck, in steps of ten
 *   --write file       writes the table there as Markdown
 *   --rounds 7  --seconds 3  --connections 16
 *   --only profile     rows whose name contains the text
 *   --cpu-prof dir     writes a processor profile of ours there
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { captchaRows, printCaptchaRows } from './captcha'
import { createDataset, type DatasetSize, TASKS_PER_CUSTOMER, WORKERS } from './dataset'
import { compare, latencyOf, type LoadOptions, median, medianRatio, perCpu, perSecond, type Sample } from './load'
import { growthUnderUploads } from './memory'
import { CALLBACK, LIST, PRECHECK, type Scenario, SCENARIOS, TARGETS } from './scenarios'
import { buildServers, type RunningServer, type ServerName, startServer } from './servers'
import { toMarkdown } from './document'
import { isMissed, printTable, type Row } from './table'

const SMALL_ROWS = 1000
const SMALL: DatasetSize = { tasks: SMALL_ROWS, fixes: SMALL_ROWS, notices: SMALL_ROWS }
const UPLOADS = 50
const MAX_SCALE_RATIO = 1.3
const MAX_GROWTH_MB = 60

interface Bench extends LoadOptions {
  dir: string
  bundles: string
  wechatUrl: string
  rows: number
  cpuProf?: string
  /** By `--only`. */
  wanted(name: string): boolean
}

async function main(): Promise<void> {
  const options = readOptions()
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'))
  // The bundles find their packages from here.
  const bundles = path.resolve('node_modules/.cache/bench', path.basename(dir))
  let wechat: RunningServer | undefined
  try {
    await buildServers(bundles)
    wechat = await startServer('wechat', { bundles, file: '', wechatUrl: '' })
    const wanted = (name: string) => name.includes(options.only)
    const bench: Bench = { ...options, wanted, dir, bundles, wechatUrl: wechat.url }
    await createDataset(path.join(dir, 'small.db'), SMALL)
    const rows = options.curve ? await curveRows(bench, options.curve) : await allRows(bench)
    printTable(rows, bench)
    if (options.write) fs.writeFileSync(options.write, await toMarkdown(rows, bench))
    if (!options.curve && bench.wanted('captcha'))
      printCaptchaRows(await captchaRows(options.quick ? { images: 20, runs: 20 } : {}))
    const missed = rows.filter(isMissed).map(({ name }) => name)
    if (missed.length > 0) process.stderr.write(`missed: ${missed.join('; ')}\n`)
    process.exitCode = Math.min(1, missed.length)
  } finally {
    await wechat?.stop()
    fs.rmSync(dir, { recursive: true, force: true })
    fs.rmSync(bundles, { recursive: true, force: true })
  }
}

async function allRows(bench: Bench): Promise<Row[]> {
  const rows: Row[] = []
  const scenarios = SCENARIOS.filter(({ name }) => bench.wanted(name))
  if (scenarios.length > 0) rows.push(...(await endpointRows(bench, scenarios)))
  for (const scale of SCALES) if (bench.wanted(scale.name)) rows.push(...(await scaleRows(bench, scale)))
  if (bench.wanted('memory')) rows.push(await memoryRow(bench))
  if (bench.wanted('start')) rows.push(await startRow(bench))
  return rows
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      curve: { type: 'string' },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      only: { type: 'string', default: '' },
      'cpu-prof': { type: 'string' },
      write: { type: 'string' },
    },
  })
  const isShort = values.quick || values.curve
  const defaults = isShort ? { rows: 10_000, rounds: 3, seconds: 1 } : { rows: 1_000_000, rounds: 7, seconds: 3 }
  return {
    curve: Number(values.curve ?? 0),
    rows: Number(values.rows ?? defaults.rows),
    rounds: Number(values.rounds ?? defaults.rounds),
    secondsPerRound: Number(values.seconds ?? defaults.seconds),
    connections: Number(values.connections ?? 16),
    only: values.only,
    quick: values.quick,
    cpuProf: values['cpu-prof'],
    write: values.write,
  }
}

/** A server on its own copy of a dataset. */
function start({ dir, bundles, wechatUrl, cpuProf }: Bench, name: ServerName, dataset: string): Promise<RunningServer> {
  const file = path.join(fs.mkdtempSync(path.join(dir, `${name}-${dataset}-`)), 'app.db')
  fs.copyFileSync(path.join(dir, `${dataset}.db`), file)
  const execArgv = cpuProf && name === 'ours' ? ['--cpu-prof', '--cpu-prof-dir', path.resolve(cpuProf)] : []
  return startServer(name, { bundles, file, wechatUrl, execArgv })
}

async function endpointRows(bench: Bench, scenarios: Scenario[]): Promise<Row[]> {
  const names: ServerName[] = ['ours', 'bare', 'bare*', 'twin']
  const servers: RunningServer[] = []
  try {
    for (const name of names) servers.push(await start(bench, name, 'small'))
    const rows: Row[] = []
    for (const scenario of scenarios) {
      progress(scenario.name)
      const row = toRow(scenario, await compare(servers, scenario, bench))
      const latencies = []
      for (const [index, server] of servers.entries())
        latencies.push(await latencyOf(server, scenario, { ...bench, perSecond: row.rates[index]! }))
      rows.push({ ...row, latencies })
    }
    return rows
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function toRow({ name, title, kind }: Scenario, samples: Sample[][]): Row {
  const [ours, bare, prepared, twin] = samples as [Sample[], Sample[], Sample[], Sample[]]
  const against = (label: string, other: Sample[], atLeast?: number) => ({
    label: `× ${label}`,
    value: medianRatio(ours, other, perSecond),
    byCpu: medianRatio(ours, other, perCpu),
    target: atLeast === undefined ? undefined : { atLeast },
  })
  return {
    name,
    title,
    rates: samples.map((list) => median(list.map(perSecond))),
    findings: [
      against('bare', bare, TARGETS[kind].bare),
      against('bare*', prepared),
      against('twin', twin, TARGETS[kind].twin),
    ],
  }
}

/** A request that should take as long over many stored rows as over few. */
interface Scale {
  name: string
  scenario: Scenario
  what: string
  rows: keyof DatasetSize
  /** Customers or work orders to ask about. */
  subjects: (rows: number) => number[]
}

const ROWS: Record<keyof DatasetSize, string> = { tasks: '个任务', fixes: '个定位点', notices: '条通知' }

const SCALES: Scale[] = [
  {
    name: 'list at scale',
    scenario: LIST,
    what: 'task list',
    rows: 'tasks',
    /** Customers spread over all of the table. */
    subjects: (rows) => {
      const count = Math.ceil(rows / TASKS_PER_CUSTOMER)
      return Array.from({ length: 50 }, (_, index) => 1 + Math.floor((index * (count - 1)) / 50))
    },
  },
  {
    name: 'precheck at scale',
    scenario: PRECHECK,
    what: 'precheck',
    rows: 'fixes',
    /** Every second request is of the worker who has half of all positions, all of them the one reported again. */
    subjects: () => Array.from({ length: WORKERS - 1 }, (_, index) => [1, index + 2]).flat(),
  },
  {
    name: 'callback at scale',
    scenario: CALLBACK,
    what: 'wxwork callback',
    rows: 'notices',
    subjects: () => [1],
  },
]

/** What a request costs over ten, a hundred, a thousand times the rows, beside what it costs over the fewest. */
async function scaleRows(bench: Bench, scale: Scale): Promise<Row[]> {
  const rows: Row[] = []
  for (let count = SMALL_ROWS * 10; count <= bench.rows; count *= 10) rows.push(await scaleRow(bench, scale, count))
  return rows
}

const MEASUREMENTS = 3

/** The same at one size, for CI: what other work on the machine spoilt is measured again. */
async function curveRows(bench: Bench, most: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const scale of SCALES.filter(({ name }) => bench.wanted(name))) {
    let row = await scaleRow(bench, scale, most)
    for (let count = 1; isMissed(row) && count < MEASUREMENTS; count++) row = await scaleRow(bench, scale, most)
    rows.push(row)
  }
  return rows
}

async function scaleRow(bench: Bench, { name, scenario, what, rows, subjects }: Scale, most: number): Promise<Row> {
  progress(`seeding ${most.toLocaleString('en')} ${rows}`)
  const size = { ...SMALL, [rows]: most }
  const file = path.join(bench.dir, 'large.db')
  fs.rmSync(file, { force: true })
  await createDataset(file, size)
  const servers = [
    [await start(bench, 'ours', 'small'), SMALL_ROWS],
    [await start(bench, 'ours', 'large'), most],
  ] as const
  try {
    progress(name)
    const samples: [Sample[], Sample[]] = [[], []]
    for (let round = 0; round < bench.rounds; round++)
      for (const [index, [server, count]] of servers.entries()) {
        const [sample] = await compare([server], scenario, { ...bench, rounds: 1, subjects: subjects(count) })
        samples[index]!.push(...sample!)
      }
    return {
      title: `${scenario.title}：${most.toLocaleString('en')} ${ROWS[rows]}，比 ${SMALL_ROWS.toLocaleString('en')} ${ROWS[rows]}`,
      name: `${what} at ${most.toLocaleString('en')} ${rows}, beside ${SMALL_ROWS.toLocaleString('en')}`,
      rates: [median(samples[1].map(perSecond))],
      findings: [
        {
          label: '× the time',
          value: medianRatio(samples[0], samples[1], perSecond),
          byCpu: medianRatio(samples[0], samples[1], perCpu),
          target: { atMost: MAX_SCALE_RATIO },
        },
      ],
    }
  } finally {
    await Promise.all(servers.map(([server]) => server.stop()))
  }
}

const STARTS = 3

/** From the start of the process until it takes requests, on a database that is there. */
async function startRow(bench: Bench): Promise<Row> {
  progress('start')
  const names: ServerName[] = ['ours', 'bare', 'twin']
  const findings: Row['findings'] = []
  for (const name of names) {
    const times: number[] = []
    for (let count = 0; count < STARTS; count++) {
      const server = await start(bench, name, 'small')
      times.push(server.startMs)
      await server.stop()
    }
    findings.push({ label: `ms ${name}`, value: median(times) })
  }
  return { name: 'start until requests are taken', title: '从启动到接受请求', rates: [], findings }
}

async function memoryRow(bench: Bench): Promise<Row> {
  progress('memory')
  const server = await start(bench, 'ours', 'small')
  try {
    const megabytes = (await growthUnderUploads(server, UPLOADS)) / 1024 / 1024
    return {
      name: `memory under ${UPLOADS} uploads of 5 MB at once`,
      title: `${UPLOADS} 个 5 MB 文件同时上传时增加的内存`,
      rates: [],
      findings: [{ label: 'MB more', value: megabytes, target: { atMost: MAX_GROWTH_MB } }],
    }
  } finally {
    await server.stop()
  }
}

const progress = (text: string) => process.stderr.write(`… ${text}\n`)

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
