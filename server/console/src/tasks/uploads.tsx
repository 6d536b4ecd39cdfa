import type { StoredFile } from '@shared/api/files'
import { DOCUMENT_EXTENSIONS } from '@shared/task-types'
import { Button, Upload, type UploadFile } from 'antd'

/** As many as a step takes (server/features/work-orders/schema.ts). */
export const MAX_FILES = 18
const ACCEPTED = ['image/*', ...DOCUMENT_EXTENSIONS.map((extension) => `.${extension}`)].join()
const FAILED = '上传失败，请删除后重试'

export type Uploaded = UploadFile<{ message?: string; data?: StoredFile }>

/** The server's sentence names a file that is not of a kind it takes; others are named here. */
const refusalOf = ({ name, error }: Uploaded): string =>
  error.message.includes(name) ? error.message : `${name}：${error.message}`

/** Refused while there are more files than a step takes, or some that the server did not take. */
export function checkTaken(files: Uploaded[]): Promise<void> {
  const refused = files.filter(({ status }) => status === 'error').map(refusalOf)
  if (files.length > MAX_FILES) refused.push(`最多 ${MAX_FILES} 个文件，请删除 ${files.length - MAX_FILES} 个`)
  return refused.length > 0 ? Promise.reject(new Error(refused.join('；'))) : Promise.resolve()
}

/** Refused while a file is on its way. */
export const checkArrived = (files: Uploaded[]): Promise<void> =>
  files.some(({ status }) => status === 'uploading')
    ? Promise.reject(new Error('文件正在上传，请稍候'))
    : Promise.resolve()

export const fileIdsOf = (files: Uploaded[] = []): string[] =>
  files.flatMap(({ response }) => response?.data?.file_id ?? [])

/** antd tells the error of the transport; a person is told what the server said. */
export const toUploaded = (files: Uploaded[]): Uploaded[] =>
  files.map((file) =>
    file.status === 'error' ? { ...file, error: new Error(file.response?.message ?? FAILED) } : file,
  )

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
      accept={ACCEPTED}
      fileList={fileList}
      onChange={onChange}
    >
      <Button>选择照片或文件</Button>
    </Upload>
  )
}
