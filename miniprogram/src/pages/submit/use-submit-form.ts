import { useState } from 'react'
import Taro from '@tarojs/taro'
import type { CustomerProfile } from '@shared/api/customers'
import type { TaskTypeInfo } from '@shared/api/tasks'
import { UPLOAD_LIMITS, type TaskType } from '@shared/task-types'
import { useUploads, type Uploads } from '@/components/file-uploader/use-uploads'
import { fieldErrors } from '@/shared/error-text'
import type { FormErrors, FormPath, SubmitDraft } from '@/shared/submit-draft'
import { removeStored } from '@/services/storage'
import { CUSTOMER_FILES } from '@/services/upload'
import { checkForm, toFormErrors, toSubmission } from './form'
import { SUBMIT_TEXTS as T } from './texts'
import { newDraft, startFrom, toUploadItem, useDraftFiles, useKeptDraft } from './use-draft'
import { useSending } from './use-sending'

type FormFacts = Pick<TaskTypeInfo, 'type' | 'fields'>

/** State of the form: values, mistakes, files and the one way out. */
export function useSubmitForm(types: TaskTypeInfo[], profile: CustomerProfile, openedAs: TaskType) {
  const [start] = useState(() => startFrom(openedAs, profile))
  const [draft, setDraft] = useState(start.draft)
  const [touched, setTouched] = useState(start.resumed)
  const [resume, setResume] = useState<{ lostFiles: number } | null>(start.resumed ? start : null)
  const uploads = useUploads(CUSTOMER_FILES, start.draft.files.map(toUploadItem))
  const filesOf = useDraftFiles(start.draft.files)
  const whole = { ...draft, ...filesOf(uploads.items) }
  const kept = useKeptDraft(whole, touched || uploads.items.length > 0)
  const info = types.find(({ type }) => type === draft.type) ?? types[0]!
  const errors = useErrors(draft, info, uploads)
  const sending = useSending({
    kept,
    setAttempts: (attempts) => setDraft((before) => ({ ...before, attempts })),
    onRefused: (error) => errors.refuse(toFormErrors(fieldErrors(error))),
  })

  const startOver = () => {
    uploads.clear()
    removeStored('submitDraft')
    setDraft(newDraft(draft.type, profile))
    setTouched(false)
    setResume(null)
    errors.clear()
  }
  const submit = () => {
    if (!errors.showAll()) return
    const { type, fields } = info
    sending.send(whole, toSubmission({ type, fields, values: draft.values, fileIds: uploads.fileIds }))
  }

  return {
    info,
    values: draft.values,
    uploads,
    resume,
    errors,
    busy: sending.busy,
    failure: sending.failure,
    setType: (type: TaskType) => {
      setDraft((before) => ({ ...before, type }))
      setTouched(true)
    },
    set: (path: FormPath, value: string) => {
      setDraft((before) => ({ ...before, values: { ...before.values, [path]: value } }))
      setTouched(true)
      errors.forgive(path)
    },
    startOver,
    submit,
  }
}

export type SubmitForm = ReturnType<typeof useSubmitForm>

/** Mistakes: of a field once it was left, of all fields once sending was tried; and what the server refused. */
function useErrors(draft: SubmitDraft, info: FormFacts, uploads: Uploads) {
  const [tried, setTried] = useState(false)
  const [left, setLeft] = useState<FormPath[]>([])
  const [refused, setRefused] = useState<FormErrors>({})
  const mistakes: FormErrors = { ...checkForm(draft.values, info.fields), ...checkFiles(uploads) }
  const shown: FormErrors = { ...refused, ...(tried ? mistakes : pick(mistakes, left)) }

  return {
    of: (path: FormPath) => shown[path],
    /** How many fields keep the form from going, once it was tried. */
    count: tried ? Object.keys(shown).length : 0,
    leave: (path: FormPath) => setLeft((before) => [...before.filter((other) => other !== path), path]),
    forgive: (path: FormPath) => setRefused((before) => without(before, path)),
    refuse: setRefused,
    clear: () => {
      setTried(false)
      setLeft([])
      setRefused({})
    },
    /** Shows every mistake and goes to the first; true when there is none. A server's refusal may be tried again. */
    showAll: () => {
      setTried(true)
      setRefused({})
      const first = fieldOrder(info).find((path) => mistakes[path])
      if (first) scrollTo(first)
      return !first
    },
  }
}

const fieldOrder = ({ fields }: FormFacts): FormPath[] => [
  ...fields.map(({ name }) => name),
  'description',
  'files',
  'customer.name',
  'customer.company',
  'customer.phone',
  'customer.address',
  'customer.coordinates',
  'customer.email',
]

const pick = (errors: FormErrors, paths: FormPath[]): FormErrors =>
  Object.fromEntries(paths.flatMap((path) => (errors[path] ? [[path, errors[path]]] : [])))

const without = (errors: FormErrors, path: FormPath): FormErrors =>
  Object.fromEntries(Object.entries(errors).filter(([other]) => other !== path))

function checkFiles({ items, busy, failed }: Uploads): FormErrors {
  const count = (kind: string) => items.filter(({ picked }) => picked.kind === kind).length
  if (busy) return { files: T.uploading }
  if (failed) return { files: T.uploadFailed }
  if (count('image') > UPLOAD_LIMITS.maxImages) return { files: T.tooManyPhotos }
  return count('document') > UPLOAD_LIMITS.maxFiles ? { files: T.tooManyDocuments } : {}
}

/** Element id of a field's place on the page. */
export const placeOf = (path: FormPath) => `at-${path.replace('.', '-')}`

function scrollTo(path: FormPath): void {
  const move = Taro.pageScrollTo?.({ selector: `#${placeOf(path)}`, offsetTop: -72, duration: 200 })
  void Promise.resolve(move).catch(() => undefined)
}
