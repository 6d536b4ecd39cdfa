// Ceilings of the built client: `npm run check:size` prints every number and fails where one is above its ceiling.
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')

const dist = path.resolve(__dirname, '../../miniprogram/dist')
const WEAPP = path.join(dist, 'weapp')
const H5 = path.join(dist, 'h5')
const KB = 1024
const PACKAGE_CEILING = 1024 * KB
const FIRST_PAGE_CEILING = 300 * KB
const CONSOLE = path.resolve(__dirname, '../../dist/console')
const CONSOLE_CEILING = 600 * KB
/** What the console's first page needs when it is opened: the frame, the overview, and the library of its charts. */
const CONSOLE_FIRST = ['index.html', 'src/pages/overview.tsx', 'src/charts/library.ts']
/** WeChat refuses code made from text; webpack's way to the global object is the one call it lets pass. */
const FROM_TEXT = /\bnew Function\b|\beval\s*\(|\bFunction\((?!\s*["']return this["']\s*\))/

function filesIn(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name)
    return entry.isDirectory() ? filesIn(name) : [name]
  })
}

const bytesOf = (files) => files.reduce((sum, file) => sum + fs.statSync(file).size, 0)

/** Size of the main package and of each subpackage, in bytes. */
function packages() {
  const { subPackages = [] } = JSON.parse(fs.readFileSync(path.join(WEAPP, 'app.json'), 'utf8'))
  const all = filesIn(WEAPP)
  const inside = ({ root }) => all.filter((file) => file.startsWith(path.join(WEAPP, root) + path.sep))
  const main = all.filter((file) => !subPackages.some((sub) => inside(sub).includes(file)))
  return [
    ['main package', bytesOf(main)],
    ...subPackages.map((sub) => [`subpackage ${sub.root}`, bytesOf(inside(sub))]),
  ]
}

/** Files that make code from text. */
const forbidden = () =>
  filesIn(WEAPP).filter((file) => file.endsWith('.js') && FROM_TEXT.test(fs.readFileSync(file, 'utf8')))

/** Scripts of the chunks that a page's route asks for, as webpack wrote it: `[w.e(804),w.e(452)]`. */
function chunksOf(page, entry, scripts) {
  const route = new RegExp(`"path":"${page}","load":(.*?)"path":`, 's').exec(entry)?.[1] ?? ''
  const ids = [...route.matchAll(/\.e\((\d+)\)/g)].map(([, id]) => id)
  if (ids.length === 0) throw new Error(`the H5 entry has no route ${page}`)
  return ids.map((id) => {
    // A chunk with a name stands in a table, or alone in a question: `{804:"shared"}`, `804===e?"shared":e`.
    const named = new RegExp(`\\b${id}(?::|===\\w+\\?)"([a-z-]+)"`).exec(entry)?.[1]
    const script = scripts.find((name) => name.startsWith(`${named ?? id}.`))
    if (!script) throw new Error(`chunk ${id} of ${page} is not in the build`)
    return script
  })
}

const gzippedOf = (files) => files.reduce((sum, file) => sum + zlib.gzipSync(fs.readFileSync(file)).length, 0)

/** The scripts of the first page of the H5, gzipped, in bytes. */
function firstPage() {
  const folder = path.join(H5, 'js')
  const scripts = fs.readdirSync(folder).filter((name) => name.endsWith('.js'))
  const html = fs.readFileSync(path.join(H5, 'index.html'), 'utf8')
  const entries = scripts.filter((name) => html.includes(`js/${name}`))
  const app = fs.readFileSync(
    path.join(
      folder,
      entries.find((name) => name.startsWith('app.')),
    ),
    'utf8',
  )
  const [first] = JSON.parse(fs.readFileSync(path.join(WEAPP, 'app.json'), 'utf8')).pages
  const loaded = new Set([...entries, ...chunksOf(first, app, scripts)])
  return gzippedOf([...loaded].map((name) => path.join(folder, name)))
}

/** Scripts and styles of the console's first load, gzipped, in bytes, from Vite's manifest. */
function consoleFirstLoad() {
  const manifest = JSON.parse(fs.readFileSync(path.join(CONSOLE, '.vite/manifest.json'), 'utf8'))
  const seen = new Set()
  const add = (name) => {
    if (!manifest[name]) throw new Error(`the console's build has no ${name}`)
    if (seen.has(name)) return
    seen.add(name)
    for (const other of manifest[name].imports ?? []) add(other)
  }
  CONSOLE_FIRST.forEach(add)
  const files = [...seen].flatMap((name) => [manifest[name].file, ...(manifest[name].css ?? [])])
  return gzippedOf([...new Set(files)].map((file) => path.join(CONSOLE, file)))
}

function main() {
  const sizes = [
    ...packages().map(([name, bytes]) => [`weapp ${name}`, bytes, PACKAGE_CEILING]),
    ['h5 scripts of the first page, gzip', firstPage(), FIRST_PAGE_CEILING],
    ['console scripts and styles of the first page, gzip', consoleFirstLoad(), CONSOLE_CEILING],
  ]
  for (const [name, bytes, ceiling] of sizes)
    process.stdout.write(
      `${name}: ${Math.ceil(bytes / KB)} of ${ceiling / KB} KB${bytes > ceiling ? '  TOO LARGE' : ''}\n`,
    )
  const offenders = forbidden()
  process.stdout.write(`weapp files that make code from text: ${offenders.length}\n`)
  for (const file of offenders) process.stdout.write(`  ${path.relative(dist, file)}\n`)
  process.exit(offenders.length > 0 || sizes.some(([, bytes, ceiling]) => bytes > ceiling) ? 1 : 0)
}

main()
