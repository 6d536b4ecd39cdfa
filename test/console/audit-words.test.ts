import fs from 'node:fs'
import path from 'node:path'
import { auditText } from '../../server/console/src/show/audit-words'

const FEATURES = path.resolve('server/features')

/** Every act that a service hands to `audit.record`, by its name in the source. */
const acts = fs
  .readdirSync(FEATURES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => fs.readFileSync(path.join(FEATURES, file), 'utf8').match(/action: .*/g) ?? [])
  .flatMap((line) => line.match(/'[a-z]+\.[a-z.-]+'/g) ?? [])
  .map((quoted) => quoted.slice(1, -1))

test('every act in the log of acts has words', () => {
  expect(acts).toContain('external.session.check')
  expect(acts.filter((act) => auditText(act) === act)).toEqual([])
})

test('an act of a later version is shown as it is', () => {
  expect(auditText('later.act')).toBe('later.act')
})
