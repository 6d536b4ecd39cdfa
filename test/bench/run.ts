/**
 * `npm run bench`: how fast the application is beside a bare `node:http` server that does the same work and beside an
 * Express + TypeORM twin, in the same run on the same machine. Prints a table; asserts nothing.
 *
 *   --quick            short rounds and 100,000 rows in the large tables, for CI
 *   --rows 1000000     tasks of the large list, positions of the large precheck
 *   --rounds 7  --seconds 3  --connections 16
 *   --only profile     rows whose name contains the text
 *   --cpu-prof dir     writes a processor profile of ours there
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { captchaRows, printCaptchaRows } from './captcha'
import { createDataset, TASKS_PER_CUSTOMER, WORKERS } from './dataset'
import { compare, type LoadOptions, median, medianRatio, perCpu, perSecond, type Sample } from './load'
import { growthUnderUploads } from './memory'
import { CALLBACK, LIST, PRECHECK, type Scenario, SCENARIOS, TARGETS } from './scenarios'
import { buildServers, type RunningServer, type ServerName, startServer } from './servers'
import { printTable, type Row } from './table'

const SMALL_ROWS = 1000
const UPLOADS = 50
const MAX_SCALE_RATIO = 1.3
const MAX_GROWTH_MB = 60

interface Bench extends LoadOptions {
  dir: string
  bundles: string
  rows: number
  cpuProf?: string
}

async function main(): Promise<void> {
  const options = readOptions()
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'))
  // The bundles find their packages from here.
  const bundles = path.resolve('node_modules/.cache/bench', path.basename(dir))
  const bench: Bench = { ...options, dir, bundles }
  try {
    await buildServers(bundles)
    await createDataset(path.join(dir, 'small.db'), { tasks: SMALL_ROWS, fixes: SMALL_ROWS })
    const rows: Row[] = []
    const wanted = (name: string) => name.includes(options.only)
    const scenarios = SCENARIOS.filter(({ name }) => wanted(name))
    if (scenarios.length > 0) rows.push(...(await endpointRows(bench, scenarios)))
    for (const scale of SCALES) if (wanted(scale.name)) rows.push(await scaleRow(bench, scale))
    if (wanted(CALLBACK.name)) rows.push(await callbackRow(bench))
    if (wanted('memory')) rows.push(await memoryRow(bench))
    printTable(rows, bench)
    if (wanted('captcha')) printCaptchaRows(await captchaRows(options.quick ? { images: 20, runs: 20 } : {}))
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
    fs.rmSync(bundles, { recursive: true, force: true })
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      only: { type: 'string', default: '' },
      'cpu-prof': { type: 'string' },
    },
  })
  const defaults = values.quick ? { rows: 100_000, rounds: 5, seconds: 1 } : { rows: 1_000_000, rounds: 7, seconds: 3 }
  return {
    rows: Number(values.rows ?? defaults.rows),
    rounds: Number(values.rounds ?? defaults.rounds),
    secondsPerRound: Number(values.seconds ?? defaults.seconds),
    connections: Number(values.connections ?? 16),
    only: values.only,
    quick: values.quick,
    cpuProf: values['cpu-prof'],
  }
}

/** A server on its own copy of a dataset. */
function start({ dir, bundles, cpuProf }: Bench, name: ServerName, dataset: string): Promise<RunningServer> {
  const file = path.join(fs.mkdtempSync(path.join(dir, `${name}-${dataset}-`)), 'app.db')
  fs.copyFileSync(path.join(dir, `${dataset}.db`), file)
  const execArgv = cpuProf && name === 'ours' ? ['--cpu-prof', '--cpu-prof-dir', path.resolve(cpuProf)] : []
  return startServer(name, { bundles, file, execArgv })
}

async function endpointRows(bench: Bench, scenarios: Scenario[]): Promise<Row[]> {
  const names: ServerName[] = ['ours', 'bare', 'bare*', 'twin']
  const servers: RunningServer[] = []
  try {
    for (const name of names) servers.push(await start(bench, name, 'small'))
    const rows: Row[] = []
    for (const scenario of scenarios) {
      progress(scenario.name)
      rows.push(toRow(scenario, await compare(servers, scenario, bench)))
    }
    return rows
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function toRow({ name, kind }: Scenario, samples: Sample[][]): Row {
  const [ours, bare, prepared, twin] = samples as [Sample[], Sample[], Sample[], Sample[]]
  const against = (label: string, other: Sample[], atLeast?: number) => ({
    label: `× ${label}`,
    value: medianRatio(ours, other, perSecond),
    byCpu: medianRatio(ours, other, perCpu),
    target: atLeast === undefined ? undefined : { atLeast },
  })
  return {
    name,
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
  rows: 'tasks' | 'fixes'
  /** Customers or work orders to ask about. */
  subjects: (rows: number) => number[]
}

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
]

async function scaleRow(bench: Bench, { name, scenario, what, rows, subjects }: Scale): Promise<Row> {
  progress(`seeding ${bench.rows.toLocaleString('en')} ${rows}`)
  const size = { tasks: SMALL_ROWS, fixes: SMALL_ROWS, [rows]: bench.rows }
  const file = path.join(bench.dir, 'large.db')
  fs.rmSync(file, { force: true })
  await createDataset(file, size)
  const small = await start(bench, 'ours', 'small')
  const large = await start(bench, 'ours', 'large')
  try {
    progress(name)
    const samples: [Sample[], Sample[]] = [[], []]
    for (let round = 0; round < bench.rounds; round++)
      for (const [index, [server, count]] of (
        [
          [small, SMALL_ROWS],
          [large, bench.rows],
        ] as const
      ).entries()) {
        const [sample] = await compare([server], scenario, { ...bench, rounds: 1, subjects: subjects(count) })
        samples[index]!.push(...sample!)
      }
    return {
      name: `${what} at ${SMALL_ROWS.toLocaleString('en')} : ${bench.rows.toLocaleString('en')} ${rows}`,
      rates: samples.map((list) => median(list.map(perSecond))),
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
    await Promise.all([small.stop(), large.stop()])
  }
}

/** Callbacks of the gateway; the twin has no gateway. */
async function callbackRow(bench: Bench): Promise<Row> {
  progress(CALLBACK.name)
  const servers = [await start(bench, 'ours', 'small'), await start(bench, 'bare', 'small')]
  try {
    const samples = await compare(servers, CALLBACK, bench)
    return {
      name: CALLBACK.name,
      rates: samples.map((list) => median(list.map(perSecond))),
      findings: [
        {
          label: '× bare',
          value: medianRatio(samples[0]!, samples[1]!, perSecond),
          byCpu: medianRatio(samples[0]!, samples[1]!, perCpu),
        },
      ],
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function memoryRow(bench: Bench): Promise<Row> {
  progress('memory')
  const server = await start(bench, 'ours', 'small')
  try {
    const megabytes = (await growthUnderUploads(server, UPLOADS)) / 1024 / 1024
    return {
      name: `memory under ${UPLOADS} uploads of 5 MB at once`,
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
