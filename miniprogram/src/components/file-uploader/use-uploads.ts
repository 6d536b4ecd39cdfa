import { useCallback, useEffect, useRef, useState } from 'react'
import type { StoredFile } from '@shared/api/files'
import { UPLOAD_LIMITS } from '@shared/task-types'
import { UPLOAD_TEXTS } from '@/components/texts'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { formatBytes } from '@/shared/format'
import { randomKey } from '@/shared/random-key'
import type { PickedFile } from '@/services/pick-files'
import { startUpload, type Upload, type UploadTarget } from '@/services/upload'

export interface UploadItem {
  key: string
  picked: PickedFile
  status: 'waiting' | 'sending' | 'done' | 'failed'
  percent: number
  error: string
  /** It failed because no answer came, so it can be kept and sent later. */
  offline?: boolean
  stored: StoredFile | null
}

export interface Uploads {
  items: UploadItem[]
  add: (picked: PickedFile[]) => void
  retry: (key: string) => void
  /** Stops the transfer if there is one and takes the file out of the list. */
  remove: (key: string) => void
  clear: () => void
  /** Ids of the finished files, in the order of the list. */
  fileIds: string[]
  /** True while a file is on its way or waits; a failed one does not count. */
  busy: boolean
  failed: boolean
}

const newItem = (picked: PickedFile): UploadItem => {
  const limit = picked.kind === 'image' ? UPLOAD_LIMITS.maxImageBytes : UPLOAD_LIMITS.maxFileBytes
  // Big pictures are compressed before they are sent, so only documents can be refused by size here.
  const error = picked.kind === 'document' && picked.size > limit ? UPLOAD_TEXTS.tooBig(formatBytes(limit)) : ''
  return { key: randomKey(), picked, status: error ? 'failed' : 'waiting', percent: 0, error, stored: null }
}

/**
 * Files of a form: sent one after the other, each with progress, retry and cancel.
 * @param initial files of a kept draft that were already stored
 */
export function useUploads(target: UploadTarget, initial: UploadItem[] = []): Uploads {
  const [items, setItems] = useState(initial)
  const running = useRef<{ key: string; upload: Upload } | null>(null)
  const targetNow = useRef(target)
  useEffect(() => {
    targetNow.current = target
  })

  const patch = useCallback((key: string, change: Partial<UploadItem>) => {
    setItems((before) => before.map((item) => (item.key === key ? { ...item, ...change } : item)))
  }, [])

  const transfer = useCallback(
    async ({ key, picked }: UploadItem) => {
      patch(key, { status: 'sending', percent: 0, error: '' })
      const upload = startUpload(picked, targetNow.current, (percent) => patch(key, { percent }))
      running.current = { key, upload }
      try {
        patch(key, { status: 'done', percent: 100, stored: await upload.result })
      } catch (error) {
        const cause = error instanceof ApiError ? error : null
        const offline = cause?.isOffline ?? false
        if (cause?.kind !== 'cancelled') patch(key, { status: 'failed', error: errorText(error), offline })
      } finally {
        running.current = null
        setItems((before) => [...before])
      }
    },
    [patch],
  )

  useEffect(() => {
    const next = items.find(({ status }) => status === 'waiting')
    if (next && !running.current) void transfer(next)
  }, [items, transfer])

  useEffect(() => () => running.current?.upload.cancel(), [])

  const add = useCallback((picked: PickedFile[]) => setItems((before) => [...before, ...picked.map(newItem)]), [])
  const retry = useCallback((key: string) => patch(key, { status: 'waiting', error: '' }), [patch])
  const remove = useCallback((key: string) => {
    if (running.current?.key === key) running.current.upload.cancel()
    setItems((before) => before.filter((item) => item.key !== key))
  }, [])
  const clear = useCallback(() => setItems([]), [])

  return { items, add, retry, remove, clear, ...summary(items) }
}

function summary(items: UploadItem[]) {
  return {
    fileIds: items.flatMap(({ stored }) => (stored ? [stored.file_id] : [])),
    busy: items.some(({ status }) => status === 'waiting' || status === 'sending'),
    failed: items.some(({ status }) => status === 'failed'),
  }
}
