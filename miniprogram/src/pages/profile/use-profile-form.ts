import { useState } from 'react'
import type { CustomerProfile } from '@shared/api/customers'
import type { StoredFile } from '@shared/api/files'
import { errorText, fieldErrors } from '@/shared/error-text'
import { checkEmail, checkPhone, onlyErrors, requireText } from '@/shared/validate'
import { bindPhone, updateProfile } from '@/services/profile'
import { PROFILE_TEXTS } from './texts'

export type ProfileField = 'contact' | 'name' | 'phone' | 'address' | 'email'
type Values = Record<ProfileField, string>

function findMistakes(values: Values): Partial<Values> {
  return onlyErrors({
    contact: requireText(PROFILE_TEXTS.contact, values.contact),
    name: requireText(PROFILE_TEXTS.company, values.name),
    phone: checkPhone(values.phone),
    address: requireText(PROFILE_TEXTS.address, values.address),
    email: checkEmail(values.email),
  })
}

const trimmed = ({ contact, name, phone, address, email }: Values) => ({
  contact: contact.trim(),
  name: name.trim(),
  phone: phone.trim(),
  address: address.trim(),
  email: email.trim() || null,
})

/** State of the profile's form; `onSaved` gets what the server kept. */
export function useProfileForm(profile: CustomerProfile, onSaved: (profile: CustomerProfile) => void) {
  const [values, setValues] = useState<Values>(profile)
  const [wrong, setWrong] = useState<Partial<Values>>({})
  const [result, setResult] = useState<{ tone: 'ok' | 'info' | 'danger'; text: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const [avatar, setAvatar] = useState<StoredFile | null>(null)
  const avatarChange = avatar ? { avatar_file_id: avatar.file_id } : {}

  const set = (field: ProfileField, value: string) => {
    setValues((before) => ({ ...before, [field]: value }))
    setWrong((before) => ({ ...before, [field]: undefined }))
    setResult(null)
  }

  const run = async (work: () => Promise<CustomerProfile>) => {
    setBusy(true)
    setResult(null)
    try {
      const kept = await work()
      onSaved(kept)
      setResult({ tone: 'ok', text: PROFILE_TEXTS.saved })
    } catch (error) {
      setWrong(fieldErrors(error))
      setResult({ tone: 'danger', text: errorText(error) })
    } finally {
      setBusy(false)
    }
  }

  const save = async () => {
    const mistakes = findMistakes(values)
    setWrong(mistakes)
    if (Object.keys(mistakes).length > 0) return
    await run(async () => {
      const kept = await updateProfile({ ...trimmed(values), ...avatarChange })
      setAvatar(null)
      return kept
    })
  }

  /** The number may have led to a customer the company already knows: its facts fill what is still empty here. */
  const takeWechatPhone = (code: string) =>
    run(async () => {
      const { phone, userInfo } = await bindPhone(code)
      setValues((before) => ({ ...filled(before, userInfo), phone }))
      return userInfo
    })

  /** A profile without the required facts cannot be written yet: the picture then goes with the first save. */
  const takeAvatar = async (stored: StoredFile) => {
    setAvatar(stored)
    if (Object.keys(findMistakes(profile)).length > 0)
      return setResult({ tone: 'info', text: PROFILE_TEXTS.avatarWaits })
    onSaved(await updateProfile({ ...trimmed(profile), avatar_file_id: stored.file_id }))
    setAvatar(null)
  }

  return { values, wrong, result, busy, avatar, set, save, takeWechatPhone, takeAvatar }
}

export type ProfileFormState = ReturnType<typeof useProfileForm>

const filled = (values: Values, known: Values): Values =>
  Object.fromEntries(
    (Object.keys(trimmed(values)) as ProfileField[]).map((field) => [field, values[field] || known[field]]),
  ) as Values
