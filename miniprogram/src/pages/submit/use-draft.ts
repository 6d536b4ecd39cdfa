import { useEffect, useRef, useState } from 'react'
import { useDidHide } from '@tarojs/taro'
import type { CustomerProfile } from '@shared/api/customers'
import type { TaskType } from '@shared/task-types'
import type { UploadItem } from '@/components/file-uploader/use-uploads'
import { randomKey } from '@/shared/random-key'
import { liveFiles, type DraftFile, type SubmitDraft } from '@/shared/submit-draft'
import { readStored, removeStored, writeStored } from '@/services/storage'
import { initialValues } from './form'

const SAVE_AFTER_MS = 300

export interface Start {
  draft: SubmitDraft
  resumed: boolean
  /** Files of the kept draft that must be added again. */
  lostFiles: number
}

export function newDraft(type: TaskType, profile: CustomerProfile): SubmitDraft {
  return { type, key: randomKey(), values: initialValues(profile), files: [], unsentFiles: 0, attempts: [] }
}

/** The kept draft under the type the page was opened with, or an empty form filled from the profile. */
export function startFrom(type: TaskType, profile: CustomerProfile): Start {
  const kept = readStored('submitDraft')
  if (!kept) return { draft: newDraft(type, profile), resumed: false, lostFiles: 0 }
  const files = liveFiles(kept.files)
  const draft = { ...kept, type, files, unsentFiles: 0 }
  return { draft, resumed: true, lostFiles: kept.files.length - files.length + kept.unsentFiles }
}

/** A stored file of the draft as the uploader shows it; the local copy is gone, so the picture comes from the server. */
export const toUploadItem = ({ stored, name, size, kind }: DraftFile): UploadItem => ({
  key: stored.file_id,
  picked: { path: '', name, size, kind },
  status: 'done',
  percent: 100,
  error: '',
  stored,
})

/** What the draft keeps of the uploads, each with the time it was first seen stored. */
export function useDraftFiles(kept: DraftFile[]) {
  const [storedAtMs] = useState(() => new Map(kept.map((file) => [file.stored.file_id, file.storedAtMs])))
  return (items: UploadItem[]): Pick<SubmitDraft, 'files' | 'unsentFiles'> => {
    const files = items.flatMap(({ stored, picked: { name, size, kind } }) => {
      if (!stored) return []
      const atMs = storedAtMs.get(stored.file_id) ?? Date.now()
      storedAtMs.set(stored.file_id, atMs)
      return [{ name, size, kind, stored, storedAtMs: atMs }]
    })
    return { files, unsentFiles: items.length - files.length }
  }
}

/**
 * Keeps the draft on the phone shortly after every change and at once when the page is left, until it is `closed`.
 * An untouched form is not kept.
 */
export function useKeptDraft(draft: SubmitDraft, touched: boolean) {
  const latest = useRef({ draft, touched, closed: false })
  useEffect(() => {
    Object.assign(latest.current, { draft, touched })
  })
  const keep = () => {
    const now = latest.current
    if (!now.touched || now.closed) return
    try {
      writeStored('submitDraft', now.draft)
    } catch {
      // The phone's storage is full: the form still works, it only would not survive a kill.
    }
  }
  const content = JSON.stringify(draft)
  useEffect(() => {
    const timer = setTimeout(keep, SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [content, touched])
  useEffect(() => keep, [])
  useDidHide(keep)

  return {
    /** Writes `change` before something that may not come back. */
    keepNow: (change: Partial<SubmitDraft>) => {
      Object.assign(latest.current, { draft: { ...latest.current.draft, ...change }, touched: true })
      keep()
    },
    /** Forgets the draft: it became a task. */
    close: () => {
      latest.current.closed = true
      removeStored('submitDraft')
    },
  }
}

export type KeptDraft = ReturnType<typeof useKeptDraft>
