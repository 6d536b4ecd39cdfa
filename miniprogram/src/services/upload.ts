import Taro from '@tarojs/taro'
import type { StoredFile } from '@shared/api/files'
import { ApiError } from '@/shared/api-error'
import { IS_BROWSER } from '@/shared/platform'
import { SERVER_ADDRESS } from '@/shared/server-address'
import { uploadByCloud } from './cloud'
import type { PickedFile } from './pick-files'
import { assertConsent, transportError, unwrap } from './request'
import { withCustomer, withStaff } from './session'
import { compressInBrowser, uploadInBrowser } from './upload-browser'

const UPLOAD_TIMEOUT_MS = 60_000
const COMPRESS_ABOVE_BYTES = 1024 * 1024

export interface UploadTarget {
  as: 'customer' | 'staff'
  path: '/api/v1/files' | '/homecare/evidence'
  /** Further form fields, for example `workOrderId` and `capturedAt` of evidence. */
  fields?: Record<string, string>
}

export const CUSTOMER_FILES: UploadTarget = { as: 'customer', path: '/api/v1/files' }
export const STAFF_FILES: UploadTarget = { as: 'staff', path: '/api/v1/files' }

/** Photo bound to a work order; coordinates in degrees, `capturedAt` ISO 8601. */
export function evidenceTarget(
  workOrderId: string,
  facts: { capturedAt?: string; latitude?: number; longitude?: number } = {},
): UploadTarget {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const fields = Object.fromEntries(known.map(([key, value]) => [key, String(value)]))
  return { as: 'staff', path: '/homecare/evidence', fields: { workOrderId, ...fields } }
}

export interface Upload {
  /** The stored file; rejects with ApiError (`cancelled` after `cancel`). */
  result: Promise<StoredFile>
  cancel: () => void
}

/** Sends one file (pictures above 1 MB are compressed first) and reports whole percents. */
export function startUpload(
  file: PickedFile,
  target: UploadTarget,
  onProgress: (percent: number) => void = () => undefined,
): Upload {
  let task: Taro.UploadTask.UploadTaskPromise | null = null
  let cancelled = false
  const transfer = async (token: string, filePath: string): Promise<StoredFile> => {
    if (cancelled) throw new ApiError({ kind: 'cancelled' })
    const option = uploadOption({ file, target, token, filePath })
    task = transport(option, target)
    task.progress?.(({ progress }) => onProgress(Math.round(progress)))
    const answer = await task.catch((failure: unknown) => {
      throw cancelled ? new ApiError({ kind: 'cancelled' }) : transportError(failure)
    })
    return unwrap<StoredFile>(answer.statusCode, parseJson(answer.data))
  }
  const run = async () => {
    assertConsent()
    const filePath = await compressed(file)
    return (target.as === 'customer' ? withCustomer : withStaff)((token) => transfer(token, filePath))
  }
  return {
    result: run(),
    cancel: () => {
      cancelled = true
      task?.abort()
    },
  }
}

type UploadOption = ReturnType<typeof uploadOption>

function transport(option: UploadOption, { path }: UploadTarget): Taro.UploadTask.UploadTaskPromise {
  const { filePath, fileName: name, formData: fields, header } = option
  if (process.env.TARO_APP_TRANSPORT === 'cloud') return uploadByCloud({ path, filePath, name, fields, header })
  return IS_BROWSER ? uploadInBrowser(option) : Taro.uploadFile(option)
}

function uploadOption(input: { file: PickedFile; target: UploadTarget; token: string; filePath: string }) {
  const { file, target, token, filePath } = input
  return {
    url: SERVER_ADDRESS + target.path,
    filePath,
    name: 'file',
    fileName: file.name,
    formData: fieldsOf(file, target),
    header: { Authorization: `Bearer ${token}` },
    timeout: UPLOAD_TIMEOUT_MS,
  }
}

/** WeChat sends the name of its temporary file: a document's own goes beside it. */
function fieldsOf(file: PickedFile, { path, fields }: UploadTarget): Record<string, string> | undefined {
  return file.kind === 'document' && path === '/api/v1/files' ? { ...fields, name: file.name } : fields
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text
  } catch {
    return null
  }
}

/** Path of a smaller copy of a big picture; the original where the platform cannot compress. */
async function compressed(file: PickedFile): Promise<string> {
  if (file.kind !== 'image' || file.size <= COMPRESS_ABOVE_BYTES) return file.path
  if (IS_BROWSER) return compressInBrowser(file.path)
  const smaller = await Taro.compressImage({ src: file.path, quality: 75 }).catch(() => null)
  return smaller?.tempFilePath ?? file.path
}
