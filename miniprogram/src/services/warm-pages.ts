import { IS_BROWSER } from '@/shared/platform'

interface TaroRoute {
  path: string
  /** Answers `[the page's module, …]`. */
  load?: () => [Promise<unknown>, ...unknown[]]
}

const AFTER_MS = 400

/**
 * Browsers fetch a page's code when it is opened, which fails without network: the worker's pages are fetched while
 * there is some. WeChat has the whole subpackage on the phone already.
 */
export function warmWorkerPages(): void {
  if (!IS_BROWSER) return
  setTimeout(() => {
    const { routes = [] } = (window as { __taroAppConfig?: { routes?: TaroRoute[] } }).__taroAppConfig ?? {}
    for (const { path, load } of routes) {
      if (path.startsWith('worker/')) load?.()[0].catch(() => undefined)
    }
  }, AFTER_MS)
}
