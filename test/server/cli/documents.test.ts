import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../../../server/cli/server-bundle'

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8')
const markdownBelow = (dir: string) =>
  fs
    .readdirSync(path.join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join(dir, file))
const documents = ['README.md', ...markdownBelow('docs')]
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** npm's own. */
const COMMANDS = ['ci', 'prune']

test.each(documents)('%s names only scripts that exist', (document) => {
  const named = [...read(document).matchAll(/npm (?:run )?([a-z][\w:-]*)/g)].map(([, name]) => name!)
  for (const name of named.filter((word) => !COMMANDS.includes(word))) expect(Object.keys(scripts)).toContain(name)
})

test.each(documents)('%s links only to files that exist', (document) => {
  const links = [...read(document).matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!)
  for (const link of links.filter((target) => !target.startsWith('http')))
    expect(fs.existsSync(path.join(ROOT, path.dirname(document), link))).toBe(true)
})

test('the README explains every script a person runs', () => {
  const internal = new Set(['check', 'format', 'format:check', 'lint', 'types', 'test:suites'])
  for (const name of Object.keys(scripts).filter((script) => !internal.has(script)))
    expect(read('README.md')).toMatch(new RegExp(`npm (run )?${name}\\b`))
})
