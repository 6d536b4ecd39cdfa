import type { StoredFile } from '@shared/api/files'
import { DOCUMENT_EXTENSIONS } from '@shared/task-types'
import { Button, Upload, type UploadFile } from 'antd'

/** As many as a step takes (server/features/work-orders/schema.ts). */
const MAX_FILES = 18
const ACCEPTED = ['image/*', ...DOCUMENT_EXTENSIONS.map((extension) => `.${extension}`)].join()
const FAILED = '上传失败，请删除后重试'

export type Uploaded = UploadFile<{ message?: string; data?: StoredFile }>

const refusalOf = ({ name, response }: Uploaded) => `${name}：${response?.message ?? FAILED}`

/** Refused while a file is on its way or was not taken. */
export function checkUploads(files: Uploaded[]): Promise<void> {
  const refused = files.find(({ status }) => status === 'error')
  if (refused) return Promise.reject(new Error(refusalOf(refused)))
  const isWaiting = files.some(({ status }) => status !== 'done')
  return isWaiting ? Promise.reject(new Error('文件正在上传，请稍候')) : Promise.resolve()
}

export const fileIdsOf = (files: Uploaded[] = []): string[] =>
  files.flatMap(({ response }) => response?.data?.file_id ?? [])

interface Props {
  fileList?: Uploaded[]
  onChange?: (event: { fileList: Uploaded[] }) => void
}

/** Pictures and documents, sent as they are chosen; the server says which it takes. */
export function Uploads({ fileList, onChange }: Props) {
  return (
    <Upload
      action="/api/v1/files"
      name="file"
      headers={{ 'x-csrf-token': '1' }}
      multiple
      maxCount={MAX_FILES}
      accept={ACCEPTED}
      fileList={fileList}
      onChange={onChange}
    >
      <Button>选择照片或文件</Button>
    </Upload>
  )
}
