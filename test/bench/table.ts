import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Latency, LoadOptions } from './load'

export interface Finding {
  label: string
  value: number
  /** The same by processor time instead of requests a second. */
  byCpu?: number
  /** Shown for information where there is none. */
  target?: { atLeast: number } | { atMost: number }
}

export interface Row {
  name: string
  /** In the document. */
  title: string
  /** Ratios and other results, with what they should be. */
  findings: Finding[]
  /** Requests a second: ours, bare, bare*, twin. */
  rates: number[]
  /** At 70 % of those, in the same order. */
  latencies?: Latency[]
}

const PACKAGES = ['koa', 'kysely', 'better-sqlite3', 'zod', 'express', 'typeorm', 'jsonwebtoken', 'autocannon']
export const SERVERS = ['ours', 'bare', 'bare*', 'twin']
const HEADS = [
  '',
  'ratio (aim; by processor time)',
  ...SERVERS.map((name) => `${name}/s`),
  ...SERVERS.map((name) => `${name} p50/p99 ms`),
]
const NOTE =
  'bare*: the bare server with the token key prepared once, as ours has it; bare and twin hand jsonwebtoken the secret'

const cellsOf = ({ name, findings, rates, latencies = [] }: Row): string[] => [
  name,
  findings.map(describe).join(', '),
  ...SERVERS.map((_, index) => (rates[index] === undefined ? '' : whole(rates[index]))),
  ...SERVERS.map((_, index) =>
    latencies[index] ? `${short(latencies[index].p50)}/${short(latencies[index].p99)}` : '',
  ),
]

/** Machine, versions and circumstances; never the machine's name. */
export function circumstances({ rounds, secondsPerRound, connections }: LoadOptions): string[] {
  const cpus = os.cpus()
  const machine = `${cpus[0]?.model.trim()} × ${cpus.length}, ${Math.round(os.totalmem() / 1024 ** 3)} GB`
  return [
    `${new Date().toISOString().slice(0, 10)}, ${machine}, ${os.type()}`,
    `Node ${process.versions.node}, SQLite WAL with synchronous FULL`,
    PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', '),
    `medians of ${rounds} interleaved rounds of ${secondsPerRound} s, ${connections} connections; p50/p99 at 70 % of each server's own rate`,
  ]
}

/** Prints the machine, the versions and one line a row. */
export function printTable(rows: Row[], options: LoadOptions): void {
  const table = [HEADS, ...rows.map(cellsOf)]
  const widths = HEADS.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)))
  const lines = table.map((cells) => cells.map((cell, column) => pad(cell, widths[column]!, column)).join('  '))
  process.stdout.write(`${['', ...circumstances(options), '', ...lines, '', NOTE, ''].join('\n')}\n`)
}

const pad = (cell: string, width: number, column: number) => (column < 2 ? cell.padEnd(width) : cell.padStart(width))

export const whole = (rate: number) => Math.round(rate).toLocaleString('en')
export const short = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(1))

export const isMissed = ({ findings }: Row): boolean => findings.some((finding) => !isMet(finding))

function isMet({ value, target }: Finding): boolean {
  if (!target) return true
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

function describe(finding: Finding): string {
  const { label, value, byCpu, target } = finding
  const notes: string[] = []
  if (target) {
    const aim = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
    notes.push(isMet(finding) ? aim : `${aim} MISSED`)
  }
  if (byCpu !== undefined) notes.push(byCpu.toFixed(2))
  const text = `${value >= 10 ? value.toFixed(0) : value.toFixed(2)} ${label}`
  return notes.length > 0 ? `${text} (${notes.join('; ')})` : text
}

/** Some packages do not export their package.json. */
function versionOf(name: string): string {
  const file = path.resolve('node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
