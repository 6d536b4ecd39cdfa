import type Taro from '@tarojs/taro'
import { keepPicked, pickedFile } from './pick-files-browser'

type Task = Taro.UploadTask.UploadTaskPromise
type Progress = Parameters<Task['progress']>[0]

const LONGEST_SIDE_PIXELS = 2048
const JPEG_QUALITY = 0.8

/**
 * Taro's own browser upload reads the file back through its object URL, which a strict `connect-src` forbids; this one
 * sends the chosen file itself.
 */
export function uploadInBrowser(option: Taro.uploadFile.Option): Task {
  const xhr = new XMLHttpRequest()
  let report: Progress | null = null
  xhr.upload.onprogress = ({ loaded, total }) => {
    report?.({ progress: (loaded / total) * 100, totalBytesSent: loaded, totalBytesExpectedToSend: total })
  }
  const result = new Promise<Taro.uploadFile.SuccessCallbackResult>((resolve, reject) => {
    const fail = (errMsg: string) => reject({ errMsg: `uploadFile:fail ${errMsg}` })
    xhr.onload = () => resolve({ statusCode: xhr.status, data: xhr.responseText, errMsg: 'uploadFile:ok' })
    xhr.onerror = () => fail('network')
    xhr.ontimeout = () => fail('timeout')
    xhr.onabort = () => fail('abort')
    try {
      start(xhr, option)
    } catch (error) {
      fail(String(error))
    }
  })
  const progress = (listener: Progress) => {
    report = listener
  }
  return Object.assign(result, { progress, abort: () => xhr.abort() }) as unknown as Task
}

function start(xhr: XMLHttpRequest, option: Taro.uploadFile.Option): void {
  const form = new FormData()
  for (const [name, value] of Object.entries(option.formData ?? {})) form.append(name, String(value))
  form.append(option.name, contentOf(option.filePath), option.fileName)
  xhr.open('POST', option.url)
  xhr.timeout = option.timeout ?? 0
  for (const [name, value] of Object.entries(option.header ?? {})) xhr.setRequestHeader(name, String(value))
  xhr.send(form)
}

/** The bytes behind a path: a chosen file, or a drawing as a data address. */
function contentOf(path: string): Blob {
  const file = pickedFile(path)
  if (file) return file
  const [, mime, base64] = /^data:([^;,]+);base64,(.*)$/.exec(path) ?? []
  if (mime === undefined || base64 === undefined) throw new Error('the chosen file is gone')
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  return new Blob([bytes], { type: mime })
}

/** Path of a smaller JPEG of a big picture; the picture itself where the browser cannot draw it. */
export async function compressInBrowser(path: string): Promise<string> {
  const file = pickedFile(path)
  if (!file) return path
  try {
    const smaller = await redraw(file)
    return smaller && smaller.size < file.size
      ? keepPicked(new File([smaller], file.name, { type: smaller.type }))
      : path
  } catch {
    return path
  }
}

async function redraw(file: File): Promise<Blob | null> {
  const picture = await createImageBitmap(file)
  const scale = Math.min(1, LONGEST_SIDE_PIXELS / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY))
}
