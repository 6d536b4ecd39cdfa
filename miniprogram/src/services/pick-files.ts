import Taro from '@tarojs/taro'
import { DOCUMENT_EXTENSIONS } from '@shared/task-types'
import { IS_BROWSER } from '@/shared/platform'
import { pickInBrowser } from './pick-files-browser'

export interface PickedFile {
  path: string
  name: string
  /** Bytes; 0 when the platform does not say. */
  size: number
  kind: 'image' | 'document'
}

/** File name of a temporary path, which carries no real one for pictures. */
const nameOf = (path: string, index: number) =>
  (/\.(\w{3,4})$/.test(path) ? path.split('/').pop() : '') || `photo-${index + 1}.jpg`

/** Lets the person choose or take pictures; [] when they change their mind. `camera` opens the camera at once. */
export async function pickImages(count: number, source: 'any' | 'camera' = 'any'): Promise<PickedFile[]> {
  if (IS_BROWSER) return pickInBrowser({ accept: 'image/*', count, camera: source === 'camera' })
  const chosen = await Taro.chooseMedia({
    count,
    mediaType: ['image'],
    sizeType: ['compressed'],
    sourceType: source === 'camera' ? ['camera'] : ['album', 'camera'],
  }).catch(giveUp)
  return (chosen?.tempFiles ?? []).map(({ tempFilePath, size }, index) => ({
    path: tempFilePath,
    name: nameOf(tempFilePath, index),
    size,
    kind: 'image',
  }))
}

/** Lets the person choose PDF, Word or Excel files: from a chat in WeChat, from the disk in a browser. */
export async function pickDocuments(count: number): Promise<PickedFile[]> {
  if (IS_BROWSER) return pickInBrowser({ accept: DOCUMENT_EXTENSIONS.map((ext) => `.${ext}`).join(','), count })
  const chosen = await Taro.chooseMessageFile({ count, type: 'file', extension: DOCUMENT_EXTENSIONS }).catch(giveUp)
  return (chosen?.tempFiles ?? []).map(({ path, name, size }) => ({ path, name, size, kind: 'document' }))
}

/** Closing the chooser is not an error. */
function giveUp(failure: { errMsg?: string }): null {
  if (/cancel/i.test(failure.errMsg ?? '')) return null
  throw failure
}
