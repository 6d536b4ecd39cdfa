import type { CustomerProfile } from '@shared/api/customers'
import type { TaskSubmission, TaskTypeField } from '@shared/api/tasks'
import type { TaskType } from '@shared/task-types'
import { parseCoordinates } from '@/shared/coordinates'
import { parseTime } from '@/shared/format'
import type { FormErrors, FormPath, FormValues } from '@/shared/submit-draft'
import { checkEmail, checkPhone, onlyErrors, requireText } from '@/shared/validate'
import { SUBMIT_TEXTS as T } from './texts'

export const DESCRIPTION_MAX = 2000

/** What a new form starts with. */
export function initialValues(profile: CustomerProfile): FormValues {
  return {
    'customer.name': profile.contact,
    'customer.company': profile.name,
    'customer.phone': profile.phone,
    'customer.address': profile.address,
    'customer.email': profile.email,
    'device.quantity': '1',
  }
}

const valueOf = (values: FormValues, path: FormPath) => (values[path] ?? '').trim()

/** A sentence for every field that cannot be sent as it is; fields the type does not ask for are not looked at. */
export function checkForm(values: FormValues, fields: TaskTypeField[], nowMs = Date.now()): FormErrors {
  const read = (path: FormPath) => valueOf(values, path)
  const device = Object.fromEntries(fields.map((field) => [field.name, checkField(field, read(field.name), nowMs)]))
  const coordinates = read('customer.coordinates')
  return onlyErrors<FormPath>({
    ...device,
    description: requireText(T.description, read('description')),
    'customer.name': requireText(T.contact, read('customer.name')),
    'customer.company': requireText(T.company, read('customer.company')),
    'customer.phone': checkPhone(read('customer.phone')),
    'customer.address': requireText(T.address, read('customer.address')),
    'customer.email': checkEmail(read('customer.email')),
    'customer.coordinates': coordinates && !parseCoordinates(coordinates) ? T.coordinatesWrong : '',
  } as Record<FormPath, string>)
}

function checkField(field: TaskTypeField, value: string, nowMs: number): string {
  if (value === '') return field.required ? missing(field) : ''
  if (field.kind === 'integer') return checkInteger(field, value)
  if (field.kind === 'datetime') return parseTime(value) > nowMs ? '' : T.mustBeLater(field.label)
  if (field.kind === 'choice') return field.options?.includes(value) ? '' : missing(field)
  const max = field.max_length ?? Infinity
  return value.length > max ? T.tooLong(field.label, max) : ''
}

const missing = ({ kind, label }: TaskTypeField) =>
  kind === 'choice' || kind === 'datetime' ? T.choose(label) : T.fill(label)

function checkInteger({ label, min = -Infinity, max = Infinity }: TaskTypeField, value: string): string {
  if (!/^-?\d+$/.test(value)) return T.mustBeWhole(label)
  const number = Number(value)
  if (number < min) return T.tooSmall(label, min)
  return number > max ? T.tooLarge(label, max) : ''
}

interface FormContent {
  type: TaskType
  values: FormValues
  fields: TaskTypeField[]
  fileIds: string[]
}

/** The body of the submission; only what the type asks for goes. */
export function toSubmission({ type, values, fields, fileIds }: FormContent): TaskSubmission {
  const read = (path: FormPath) => valueOf(values, path)
  const position = parseCoordinates(read('customer.coordinates'))
  const device = fields.flatMap((field) => {
    const value = read(field.name)
    if (value === '') return []
    return [[field.name.replace('device.', ''), field.kind === 'integer' ? Number(value) : value]]
  })
  return {
    type,
    customer: {
      name: read('customer.name'),
      company: read('customer.company'),
      phone: read('customer.phone'),
      address: read('customer.address'),
      email: read('customer.email') || null,
      latitude: position?.latitude ?? null,
      longitude: position?.longitude ?? null,
    },
    device: Object.fromEntries(device) as TaskSubmission['device'],
    description: read('description'),
    file_ids: fileIds,
  }
}

/** Places of a refusal as the form knows them: coordinates are one field, all files are one. */
export function toFormErrors(refused: Record<string, string>): FormErrors {
  const rename = (path: string) => {
    if (path === 'customer.latitude' || path === 'customer.longitude') return 'customer.coordinates'
    return /^(file_ids|files|images)\b/.test(path) ? 'files' : path
  }
  return Object.fromEntries(Object.entries(refused).map(([path, message]) => [rename(path), message]))
}
