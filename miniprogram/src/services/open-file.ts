import Taro from '@tarojs/taro'
import type { FileLink } from '@shared/api/files'
import { IS_BROWSER } from '@/shared/platform'
import { absoluteUrl } from '@/shared/server-address'
import { transportError } from './request'

/** Opens an attachment with the phone's own viewer (a new tab in browsers); throws ApiError when it cannot be fetched. */
export async function openFile(file: FileLink): Promise<void> {
  const url = absoluteUrl(file.url)
  if (IS_BROWSER) {
    window.open(url, '_blank', 'noopener')
    return
  }
  const { tempFilePath } = await Taro.downloadFile({ url }).catch((failure: unknown) => {
    throw transportError(failure)
  })
  const fileType = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() as Taro.openDocument.Option['fileType']
  await Taro.openDocument({ filePath: tempFilePath, fileType, showMenu: true })
}
