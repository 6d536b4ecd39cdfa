import { useEffect, useRef } from 'react'
import { act } from '@testing-library/react'

/* A fake Taro: every call a jest.fn(), storage in memory, lifecycle hooks that a test can fire. */
type Handler = (...args: any[]) => unknown

const handlers: Record<string, Handler[]> = {}

const hook = (name: string) =>
  function useHook(handler: Handler) {
    const latest = useRef(handler)
    latest.current = handler
    useEffect(() => {
      const call: Handler = (...args) => latest.current(...args)
      handlers[name] = [...(handlers[name] ?? []), call]
      return () => {
        handlers[name] = (handlers[name] ?? []).filter((other) => other !== call)
      }
    }, [])
  }

/** Fires a lifecycle: ready, show, hide, pullDown, reachBottom, unload. */
export function fire(name: string): void {
  act(() => (handlers[name] ?? []).forEach((handler) => handler()))
}

export const useLaunch = hook('launch')
export const useReady = hook('ready')
export const useDidShow = hook('show')
export const useDidHide = hook('hide')
export const usePullDownRefresh = hook('pullDown')
export const useReachBottom = hook('reachBottom')

let params: Record<string, string> = {}
/** What the page was opened with. */
export function setParams(next: Record<string, string>): void {
  params = next
}
export const useRouter = () => ({ params })

const stored = new Map<string, unknown>()

const Taro: Record<string, any> = {
  getStorageSync: (key: string) => stored.get(key) ?? '',
  setStorageSync: (key: string, value: unknown) => void stored.set(key, value),
  removeStorageSync: (key: string) => void stored.delete(key),
  getStorageInfoSync: () => ({ keys: [...stored.keys()] }),
  getWindowInfo: () => ({ pixelRatio: 2, windowWidth: 375, windowHeight: 667 }),
  getAppBaseInfo: () => ({ fontSizeSetting: 16 }),
  getCurrentInstance: () => ({ router: { params } }),
  nextTick: (work: () => void) => work(),
  useRouter,
}

const RESOLVED = [
  'navigateTo',
  'redirectTo',
  'switchTab',
  'reLaunch',
  'navigateBack',
  'showToast',
  'previewImage',
  'makePhoneCall',
  'openLocation',
  'openDocument',
  'setNavigationBarTitle',
  'stopLocationUpdate',
  'startLocationUpdate',
  'openPrivacyContract',
]
const PLAIN = [
  'request',
  'uploadFile',
  'downloadFile',
  'login',
  'chooseMedia',
  'chooseMessageFile',
  'compressImage',
  'getLocation',
  'chooseLocation',
  'openSetting',
  'onLocationChange',
  'offLocationChange',
  'requestSubscribeMessage',
  'stopPullDownRefresh',
  'getNetworkType',
  'onNetworkStatusChange',
  'offNetworkStatusChange',
  'createSelectorQuery',
  'pageScrollTo',
  'onNeedPrivacyAuthorization',
  'getCurrentPages',
  'saveFile',
  'getFileSystemManager',
  'vibrateShort',
  'setClipboardData',
  'canvasToTempFilePath',
]

/** Everything as after a fresh start of the phone. */
export function resetTaro(): void {
  stored.clear()
  params = {}
  for (const name of Object.keys(handlers)) delete handlers[name]
  for (const name of RESOLVED) Taro[name] = jest.fn().mockResolvedValue({})
  for (const name of PLAIN) Taro[name] = jest.fn()
  Taro.login.mockResolvedValue({ code: 'wx-code' })
  Taro.getCurrentPages.mockReturnValue([])
  Taro.getNetworkType.mockResolvedValue({ networkType: 'wifi' })
}

resetTaro()
export default Taro
