import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { LoadOptions } from './load'

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
  /** Requests a second: ours, bare, bare*, twin. */
  rates: number[]
  findings: Finding[]
}

const PACKAGES = ['koa', 'kysely', 'better-sqlite3', 'zod', 'express', 'typeorm', 'jsonwebtoken', 'autocannon']

/** Prints the machine, the versions and one line a row. */
export function printTable(rows: Row[], { rounds, secondsPerRound, connections }: LoadOptions): void {
  const cpus = os.cpus()
  const lines = [
    '',
    `${cpus[0]?.model.trim()} × ${cpus.length}, ${Math.round(os.totalmem() / 1024 ** 3)} GB, ${os.type()} ${os.release()}`,
    `Node ${process.versions.node}, SQLite WAL with synchronous FULL`,
    PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', '),
    `medians of ${rounds} interleaved rounds of ${secondsPerRound} s, ${connections} connections`,
    '',
    line('', ['ours/s', 'bare/s', 'bare*/s', 'twin/s'], 'ratio (aim; by processor time)'),
    ...rows.map(({ name, rates, findings }) => line(name, rates.map(whole), findings.map(describe).join('   '))),
    '',
    'bare*: the bare server with the token key prepared once, as ours has it; bare and twin hand jsonwebtoken the secret',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const NAME_WIDTH = 42
const RATE_WIDTH = 9
const RATES = 4

function line(name: string, rates: string[], findings: string): string {
  const cells = Array.from({ length: RATES }, (_, index) => (rates[index] ?? '').padStart(RATE_WIDTH))
  return `${name.padEnd(NAME_WIDTH)}${cells.join('')}   ${findings}`
}

const whole = (rate: number) => Math.round(rate).toLocaleString('en')

function describe({ label, value, byCpu, target }: Finding): string {
  const notes: string[] = []
  if (target) {
    const met = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
    notes.push(('atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`) + (met ? '' : ' MISSED'))
  }
  if (byCpu !== undefined) notes.push(byCpu.toFixed(2))
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(2)} ${label} (${notes.join('; ')})`
}

/** Some packages do not export their package.json. */
function versionOf(name: string): string {
  const file = path.resolve('node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
