import fs from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

export const ROOT = path.resolve(__dirname, '../..')
const SERVER_DIR = path.join(ROOT, 'dist/server')
export const SERVER_FILE = path.join(SERVER_DIR, 'main.js')

const command = (name: string) => path.join(ROOT, `server/cli/${name}.ts`)

/** What is loaded as a file of its own: the server, the thread that reads captchas, and what production is kept with. */
const ENTRIES = {
  main: path.join(ROOT, 'server/main.ts'),
  'captcha-worker': path.join(ROOT, 'server/connectors/captcha/worker.ts'),
  migrate: command('migrate'),
  'add-admin': command('add-admin'),
  backup: command('backup'),
  'verify-events': command('verify-events'),
  'rotate-data-key': command('rotate-data-key'),
}

/** Ships only ES modules: it goes into the bundle, with what it needs. */
const BUNDLED = ['file-type']
const SOURCES = ['server', 'types', 'package.json', 'package-lock.json']

/** Writes `dist/server/main.js` and what it starts; packages stay outside, so that native ones and their data files are found. */
export async function buildServer(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ENTRIES,
    outdir: SERVER_DIR,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: packages().filter((name) => !BUNDLED.includes(name)),
    sourcemap: true,
    logLevel: 'error',
  })
  fs.mkdirSync(path.dirname(SERVER_FILE), { recursive: true })
  // Two starts at once: each file appears whole.
  const draft = `${SERVER_FILE}.${process.pid}`
  for (const { path: file, contents } of outputFiles) {
    fs.writeFileSync(draft, contents)
    fs.renameSync(draft, file)
  }
}

export const isServerStale = () => isStale(SERVER_FILE, SOURCES)

/** Whether `output` is missing or older than any of the sources (folders are searched), all relative to the root. */
export function isStale(output: string, sources: readonly string[]): boolean {
  const built = fs.statSync(path.resolve(ROOT, output), { throwIfNoEntry: false })
  return !built || sources.some((source) => newestMs(path.join(ROOT, source)) > built.mtimeMs)
}

function newestMs(entry: string): number {
  const stat = fs.statSync(entry, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0
  return fs.readdirSync(entry).reduce((newest, name) => Math.max(newest, newestMs(path.join(entry, name))), 0)
}

function packages(): string[] {
  const { dependencies, optionalDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  return Object.keys({ ...dependencies, ...optionalDependencies })
}
