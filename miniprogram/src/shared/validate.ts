const MOBILE = /^1\d{10}$/
const LANDLINE = /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/
const SERVICE_NUMBER = /^[48]00-?\d{3}-?\d{4}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Sentence for a missing text, or '' when it is there. */
export function requireText(label: string, value: string): string {
  return value.trim() === '' ? `请填写${label}` : ''
}

/** Sentence for a bad phone number (mobile, landline, 400), or ''; blanks and +86 may stand in it. */
export function checkPhone(value: string): string {
  const phone = value.replace(/\s/g, '').replace(/^\+?86(?=1\d)/, '')
  if (phone === '') return '请填写联系电话'
  const known = [phone, phone.replace(/-/g, '')].some((text) => MOBILE.test(text) || LANDLINE.test(text))
  return known || SERVICE_NUMBER.test(phone) ? '' : '请填写正确的手机号或座机号'
}

/** Sentence for a bad e-mail; an empty one passes unless it is required. */
export function checkEmail(value: string, required = false): string {
  const email = value.trim()
  if (email === '') return required ? '请填写邮箱' : ''
  return EMAIL.test(email) ? '' : '邮箱格式不正确'
}

/** Drops the fields without a sentence; an empty object means the form may go. */
export function onlyErrors<T extends string>(checks: Record<T, string>): Partial<Record<T, string>> {
  return Object.fromEntries(Object.entries(checks).filter(([, message]) => message !== '')) as Partial<
    Record<T, string>
  >
}
