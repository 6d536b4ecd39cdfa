import Taro from '@tarojs/taro'

/** Lets the browser keep the app's files once they are here, so that it opens without network. */
export function keepAppFiles(): void {
  // Development has no worker; nor has a page that came without TLS.
  if (process.env.NODE_ENV !== 'production' || !('serviceWorker' in navigator)) return
  const keep = () => void navigator.serviceWorker.register('service-worker.js').catch(() => undefined)
  if (document.readyState === 'complete') keep()
  else window.addEventListener('load', keep)
}

/**
 * Holds changes of the address back until the first page stands. Taro shows pages in the order their code arrives, so
 * the page that was asked for last could end up below the one asked for first. Call before Taro listens.
 */
export function holdAddress(): void {
  let changed = false
  const hold = (event: Event) => {
    changed = true
    event.stopImmediatePropagation()
  }
  const release = () => {
    window.removeEventListener('popstate', hold)
    window.removeEventListener('hashchange', hold)
    if (changed) window.dispatchEvent(new PopStateEvent('popstate', { state: window.history.state }))
    changed = false
  }
  window.addEventListener('popstate', hold)
  window.addEventListener('hashchange', hold)
  Taro.eventCenter.once('__afterTaroRouterChange', release)
  Taro.eventCenter.once('__taroRouterNotFound', release)
}
