import Taro from '@tarojs/taro'
import { CLOUD_ARGUMENT_BYTES, CLOUD_INCOMING, type CloudAnswer, type CloudCall } from '@shared/cloud'
import { randomKey } from '@/shared/random-key'

/** WeChat wraps the arguments once more. */
const ROOM_FOR_DATA = CLOUD_ARGUMENT_BYTES - 4 * 1024
const STORAGE_TIMEOUT_MS = 60_000

type Header = Record<string, string>
/** A call as the functions read it. */
type Arguments = Omit<CloudCall, 'authorization' | 'idempotencyKey'> & { header: Header }

/** Call once, at the start of the app. */
export function startCloud(): void {
  Taro.cloud.init({ env: process.env.TARO_APP_CLOUD_ENV })
}

/** Stands in for `Taro.request`; rejects as it does. */
export async function requestByCloud(call: Arguments, timeoutMs: number): Promise<CloudAnswer> {
  return callFunction('gateway', await withinLimit(call), timeoutMs)
}

export interface CloudUpload {
  path: CloudCall['path']
  filePath: string
  /** Name for people. */
  name: string
  fields?: Record<string, string>
  header: Header
}

/** Stands in for `Taro.uploadFile`: the file goes to cloud storage, and the server fetches it from there. */
export function uploadByCloud({
  path,
  filePath,
  name,
  fields,
  header,
}: CloudUpload): Taro.UploadTask.UploadTaskPromise {
  let report: (progress: number) => void = () => undefined
  const { result, abort } = toStorage(filePath, (progress) => report(progress))
  const answer = result.then(async (fileID) => {
    const call = { method: 'POST', path, fileID, name, data: fields ?? {}, header }
    const { statusCode, data } = await callFunction('storage', call, STORAGE_TIMEOUT_MS)
    return { statusCode, data, errMsg: 'uploadFile:ok' }
  })
  const progress = (listener: (state: { progress: number }) => void) => {
    report = (percent) => listener({ progress: percent })
  }
  return Object.assign(answer, { progress, abort }) as unknown as Taro.UploadTask.UploadTaskPromise
}

/** Stands in for `Taro.downloadFile` of one of our links; `open` unwraps the answer. */
export async function downloadByCloud(
  link: string,
  open: (answer: CloudAnswer) => { fileID: string },
): Promise<{ tempFilePath: string }> {
  const { fileID } = open(await callFunction('storage', { link }, STORAGE_TIMEOUT_MS))
  return Taro.cloud.downloadFile({ fileID }) as Promise<{ tempFilePath: string }>
}

function toStorage(filePath: string, onProgress: (percent: number) => void) {
  let abort: () => void = () => undefined
  const result = new Promise<string>((resolve, reject) => {
    const task = Taro.cloud.uploadFile({
      cloudPath: `${CLOUD_INCOMING}${randomKey()}${/\.\w{1,5}$/.exec(filePath)?.[0] ?? ''}`,
      filePath,
      success: ({ fileID }: { fileID: string }) => resolve(fileID),
      fail: reject,
    } as never) as unknown as {
      onProgressUpdate?: (listener: (state: { progress: number }) => void) => void
      abort(): void
    }
    task?.onProgressUpdate?.(({ progress }) => onProgress(progress))
    abort = () => task?.abort()
  })
  return { result, abort: () => abort() }
}

/** What does not fit into the arguments goes through cloud storage, too. */
async function withinLimit({ data, ...call }: Arguments): Promise<object> {
  const text = JSON.stringify(data ?? null)
  // At most three bytes for each unit outside ASCII.
  if (text.replace(/[^\u0020-\u007e]/g, '...').length <= ROOM_FOR_DATA) return { ...call, data }
  const files = Taro.getFileSystemManager()
  const filePath = `${Taro.env.USER_DATA_PATH}/${randomKey()}.json`
  files.writeFileSync(filePath, text, 'utf8')
  try {
    return { ...call, dataFile: await toStorage(filePath, () => undefined).result }
  } finally {
    files.unlinkSync(filePath)
  }
}

/** WeChat waits without end. */
function callFunction(name: 'gateway' | 'storage', data: object, timeoutMs: number): Promise<CloudAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject({ errMsg: `${name}:fail timeout` }), timeoutMs)
    Taro.cloud
      .callFunction({ name, data })
      .then(({ result }) => resolve(result as unknown as CloudAnswer), reject)
      .finally(() => clearTimeout(timer))
  })
}
