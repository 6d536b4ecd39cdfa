import Taro from '@tarojs/taro'
import type { Fix } from '@shared/api/homecare'
import { gcj02FromWgs84 } from '@/shared/gcj02'
import type { Position } from '@shared/geo'
import { IS_BROWSER } from '@/shared/platform'

/** WeChat reports GCJ02, browsers WGS84; the server converts what it is sent. */
export const COORDINATE_TYPE = IS_BROWSER ? 'wgs84' : 'gcj02'

const BROWSER_POLL_MS = 3000

export type LocationProblem = 'refused' | 'unavailable'

/** Why no position came: `refused` leads to the settings page, `unavailable` to the window. */
export class LocationError extends Error {
  constructor(readonly problem: LocationProblem) {
    super(problem)
    this.name = 'LocationError'
  }
}

export interface ReportedFix extends Fix {
  accuracy: number
  reportedAt: string
}

/** Where a fix is in GCJ02, to draw it beside a service location. */
export const drawnPosition = (fix: Position): Position => (IS_BROWSER ? gcj02FromWgs84(fix) : fix)

/** Shows the way to a place: WeChat's map there; false in browsers, which have none without a key. */
export async function navigateThere(place: Position & { name: string; address: string }): Promise<boolean> {
  if (IS_BROWSER) return false
  await Taro.openLocation({ ...place, scale: 16 })
  return true
}

type RawFix = { latitude: number; longitude: number; accuracy: number; horizontalAccuracy?: number }

const toFix = (raw: RawFix): ReportedFix => ({
  latitude: raw.latitude,
  longitude: raw.longitude,
  coordinateType: COORDINATE_TYPE,
  accuracy: raw.accuracy || raw.horizontalAccuracy || 0,
  reportedAt: new Date().toISOString(),
})

/**
 * One fresh position. WeChat repeats the first answer for 30 s: use `watchLocation` while a page is open.
 * Throws LocationError.
 */
export async function currentFix(): Promise<ReportedFix> {
  const raw = await Taro.getLocation({
    type: COORDINATE_TYPE,
    isHighAccuracy: true,
    highAccuracyExpireTime: 5000,
  }).catch((failure: unknown) => {
    throw locationError(failure)
  })
  return toFix(raw)
}

/** Positions as they come until the returned function is called; the first problem is reported, too. */
export function watchLocation(
  onFix: (fix: ReportedFix) => void,
  onProblem: (error: LocationError) => void,
): () => void {
  return IS_BROWSER ? pollInBrowser(onFix, onProblem) : watchInWechat(onFix, onProblem)
}

function watchInWechat(onFix: (fix: ReportedFix) => void, onProblem: (error: LocationError) => void): () => void {
  let open = true
  const listener = (raw: RawFix) => open && onFix(toFix(raw))
  Taro.onLocationChange(listener as Taro.onLocationChange.Callback)
  const start = { type: COORDINATE_TYPE } as Taro.startLocationUpdate.Option
  void Promise.resolve(Taro.startLocationUpdate(start) as unknown).catch(
    (failure: unknown) => open && onProblem(locationError(failure)),
  )
  return () => {
    open = false
    Taro.offLocationChange(listener as Taro.onLocationChange.Callback)
    void Promise.resolve(Taro.stopLocationUpdate()).catch(() => undefined)
  }
}

// Taro's own watch gives the browser 10 ms for a position, which never suffices.
function pollInBrowser(onFix: (fix: ReportedFix) => void, onProblem: (error: LocationError) => void): () => void {
  let open = true
  let timer: ReturnType<typeof setTimeout>
  const poll = async () => {
    try {
      const fix = await currentFix()
      if (open) onFix(fix)
    } catch (error) {
      if (open) onProblem(error as LocationError)
    }
    if (open) timer = setTimeout(() => void poll(), BROWSER_POLL_MS)
  }
  void poll()
  return () => {
    open = false
    clearTimeout(timer)
  }
}

function locationError(failure: unknown): LocationError {
  const { errMsg = '', message = '' } = (failure ?? {}) as { errMsg?: string; message?: string }
  return new LocationError(
    /deny|denied|auth|privacy|permission/i.test(`${errMsg} ${message}`) ? 'refused' : 'unavailable',
  )
}

/** Opens WeChat's permission page; true when the position is allowed afterwards. Browsers have no such page: false. */
export async function openLocationSettings(): Promise<boolean> {
  if (IS_BROWSER) return false
  const { authSetting } = await Taro.openSetting()
  return authSetting['scope.userLocation'] === true
}

export interface ChosenPlace {
  name: string
  address: string
  latitude: number
  longitude: number
}

/** A place from WeChat's map (GCJ02), or null when none was chosen or there is no map (browser). */
export async function choosePlace(): Promise<ChosenPlace | null> {
  if (IS_BROWSER) return null
  const place = await Taro.chooseLocation({}).catch(() => null)
  if (!place || !place.latitude) return null
  return {
    name: place.name,
    address: place.address,
    latitude: Number(place.latitude),
    longitude: Number(place.longitude),
  }
}
