import fs from 'node:fs'
import path from 'node:path'

const SRC = path.resolve(__dirname, '../../../miniprogram/src')
const sources = (fs.readdirSync(SRC, { recursive: true }) as string[]).filter(
  (name) => /^(components|pages|worker)\/.*\.tsx?$/.test(name) && !/(texts|\.config)\.ts$/.test(name),
)

test('what people read stands in the texts, not in pages and components', () => {
  expect(sources.length).toBeGreaterThan(100)
  const found = sources.flatMap((name) =>
    fs
      .readFileSync(path.join(SRC, name), 'utf8')
      .split('\n')
      .filter((line) => /\p{Script=Han}/u.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})
