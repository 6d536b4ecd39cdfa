import { useSession } from '@/stores/session'
import { watchNetwork } from './network'
import { flushQueue } from './offline-queue'
import { warmWorkerPages } from './warm-pages'

/** Sends what waits whenever the network returns. Call once, at the start of the app. */
export function startSync(): void {
  watchNetwork(() => void flushQueue())
  if (useSession.getState().staff) warmWorkerPages()
}
