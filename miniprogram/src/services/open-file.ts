import Taro from '@tarojs/taro'
import type { FileLink } from '@shared/api/files'
import { IS_BROWSER } from '@/shared/platform'
import { absoluteUrl } from '@/shared/server-address'
import { ApiError } from '@/shared/api-error'
import { downloadByCloud } from './cloud'
import { transportError, unwrap } from './request'

/** Opens an attachment with the phone's own viewer (a new tab in browsers); throws ApiError when it cannot be fetched. */
export async function openFile(file: FileLink): Promise<void> {
  const url = absoluteUrl(file.url)
  if (IS_BROWSER) {
    window.open(url, '_blank', 'noopener')
    return
  }
  const { tempFilePath } = await download(url).catch((failure: unknown) => {
    throw failure instanceof ApiError ? failure : transportError(failure)
  })
  const fileType = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() as Taro.openDocument.Option['fileType']
  await Taro.openDocument({ filePath: tempFilePath, fileType, showMenu: true })
}

function download(url: string): Promise<{ tempFilePath: string }> {
  if (process.env.TARO_APP_TRANSPORT === 'cloud')
    return downloadByCloud(url, ({ statusCode, data }) => unwrap<{ fileID: string }>(statusCode, data))
  return Taro.downloadFile({ url })
}
