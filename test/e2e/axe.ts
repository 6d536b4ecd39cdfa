import fs from 'node:fs'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const SOURCE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core (WCAG 2.1 A and AA) finds on the page: rule, element and why, a line each. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(SOURCE) // not a script element: the page's policy would refuse it
  const { violations } = await page.evaluate(
    () =>
      (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
        resultTypes: ['violations'],
      }) as Promise<AxeResults>,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} – ${failureSummary?.split('\n')[1]?.trim()}`),
  )
}
