import { useState } from 'react'
import Taro from '@tarojs/taro'
import { Field } from '@/components/field'
import { useAction } from '@/components/page/use-action'
import { ConfirmSheet } from '@/components/sheet'
import { ApiError } from '@/shared/api-error'
import { TEXTS } from '@/shared/texts'
import { onlyErrors, requireText } from '@/shared/validate'
import { changePassword } from '@/services/staff'
import { ME_TEXTS as T } from './texts'

const EMPTY = { old: '', next: '', repeat: '' }
type Values = typeof EMPTY

function newPasswordMistake({ old, next }: Values): string {
  if (next.length < 8) return T.tooShort
  if (next.length > 128) return T.tooLong
  return next === old ? T.same : ''
}

const findMistakes = (values: Values) =>
  onlyErrors({
    old: requireText(T.oldPassword, values.old),
    next: newPasswordMistake(values),
    repeat: values.repeat === values.next ? '' : T.different,
  })

/** Changes the own password. */
export function PasswordSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [values, setValues] = useState(EMPTY)
  const [wrong, setWrong] = useState<Partial<Values>>({})
  const action = useAction()
  const set = (name: keyof Values) => (value: string) => {
    setValues((before) => ({ ...before, [name]: value }))
    setWrong((before) => ({ ...before, [name]: undefined }))
  }
  const close = () => {
    setValues(EMPTY)
    setWrong({})
    action.clearError()
    onClose()
  }
  const save = async () => {
    const mistakes = findMistakes(values)
    setWrong(mistakes)
    if (Object.keys(mistakes).length > 0) return
    const change = { oldPassword: values.old, newPassword: values.next }
    const done = await action.run(null, () =>
      changePassword(change).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.code === 'WRONG_PASSWORD')) throw error
        setWrong({ old: T.wrongOld })
        throw new ApiError({ kind: 'rejected', serverMessage: T.wrongOld })
      }),
    )
    if (!done) return
    close()
    void Taro.showToast({ title: T.changed, icon: 'none' })
  }
  const bind = (name: keyof Values) => ({ value: values[name], error: wrong[name], onChange: set(name) })
  return (
    <ConfirmSheet
      open={open}
      title={T.password}
      confirmLabel={TEXTS.save}
      busy={action.busy}
      error={wrong.old ? '' : action.error}
      onConfirm={() => void save()}
      onClose={close}
    >
      <Field {...bind('old')} label={T.oldPassword} type="password" required maxLength={128} />
      <Field {...bind('next')} label={T.newPassword} type="password" required maxLength={140} hint={T.passwordRule} />
      <Field {...bind('repeat')} label={T.repeat} type="password" required maxLength={140} />
    </ConfirmSheet>
  )
}
