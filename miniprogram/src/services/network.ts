import Taro from '@tarojs/taro'
import { IS_BROWSER } from '@/shared/platform'
import { useNetwork } from '@/stores/network'

/** Follows the phone's network from now on; `onReturn` runs whenever it comes back. Call once. */
export function watchNetwork(onReturn: () => void): void {
  const tell = (online: boolean) => {
    const before = useNetwork.getState().online
    useNetwork.getState().setOnline(online)
    if (online && !before) onReturn()
  }
  if (IS_BROWSER) {
    // Taro's own events follow the kind of connection in browsers, not whether there is one.
    tell(navigator.onLine)
    window.addEventListener('online', () => tell(true))
    window.addEventListener('offline', () => tell(false))
    return
  }
  Taro.onNetworkStatusChange(({ isConnected }) => tell(isConnected))
  Taro.getNetworkType()
    .then(({ networkType }) => tell(networkType !== 'none'))
    .catch(() => undefined)
}
