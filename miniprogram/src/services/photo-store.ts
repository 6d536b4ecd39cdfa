import Taro from '@tarojs/taro'
import { IS_BROWSER } from '@/shared/platform'
import * as browser from './photo-store-browser'

/** Keeps a picked photo across restarts and returns its reference; a full phone keeps the temporary file. */
export async function keepPhoto(path: string): Promise<string> {
  if (IS_BROWSER) return browser.keep(path)
  return new Promise((resolve) => {
    Taro.getFileSystemManager().saveFile({
      tempFilePath: path,
      success: (saved) => resolve('savedFilePath' in saved ? String(saved.savedFilePath) : path),
      fail: () => resolve(path),
    })
  })
}

/** A path that can be shown and uploaded now; null when the photo is gone. */
export async function openPhoto(ref: string): Promise<string | null> {
  if (IS_BROWSER) return browser.open(ref)
  return new Promise((resolve) => {
    Taro.getFileSystemManager().access({ path: ref, success: () => resolve(ref), fail: () => resolve(null) })
  })
}

/** Frees the place of a photo that is no longer needed. */
export async function dropPhoto(ref: string): Promise<void> {
  if (IS_BROWSER) return browser.drop(ref)
  await new Promise<void>((resolve) => {
    Taro.getFileSystemManager().removeSavedFile({ filePath: ref, complete: () => resolve() })
  })
}
