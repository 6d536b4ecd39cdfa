import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import type { StaffRole } from '@shared/api/staff'
import { Button } from '@/components/button'
import { Field } from '@/components/field'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { errorText } from '@/shared/error-text'
import { ROUTES } from '@/shared/routes'
import { checkEmail, onlyErrors, requireText } from '@/shared/validate'
import { loginStaff } from '@/services/session'
import { useSession } from '@/stores/session'
import { LOGIN_TEXTS } from './texts'
import './index.scss'

type Wrong = Partial<Record<'email' | 'password', string>>

const startPage = (role: StaffRole) => (role === 'HOMECARE_WORKER' ? ROUTES.orders : ROUTES.dispatch)
const enter = (role: StaffRole) => void Taro.redirectTo({ url: startPage(role) })

export default function StaffLoginPage() {
  const form = useLoginForm()
  useDidShow(() => {
    const { staff } = useSession.getState()
    if (staff) enter(staff.user.role)
  })
  return (
    <Page>
      <View className="staff-login__head">
        <View className="staff-login__disc">
          <Icon name="badge" size={28} />
        </View>
        <Text className="staff-login__title">{LOGIN_TEXTS.title}</Text>
        <Text className="staff-login__lead">{LOGIN_TEXTS.lead}</Text>
      </View>
      {form.failure ? <NoticeBar tone="danger" text={form.failure} /> : null}
      <Field
        label={LOGIN_TEXTS.email}
        type="email"
        required
        value={form.email}
        onChange={form.setEmail}
        placeholder={LOGIN_TEXTS.emailPlaceholder}
        error={form.wrong.email}
      />
      <Field
        label={LOGIN_TEXTS.password}
        type="password"
        required
        value={form.password}
        onChange={form.setPassword}
        placeholder={LOGIN_TEXTS.passwordPlaceholder}
        error={form.wrong.password}
      />
      <Button block loading={form.busy} onClick={() => void form.submit()}>
        {LOGIN_TEXTS.submit}
      </Button>
      <View className="staff-login__help">{LOGIN_TEXTS.help}</View>
    </Page>
  )
}

function useLoginForm() {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState<Wrong>({})
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    const found = onlyErrors({ email: checkEmail(email, true), password: requireText(LOGIN_TEXTS.password, password) })
    setWrong(found)
    setFailure('')
    if (Object.keys(found).length > 0) return
    setBusy(true)
    try {
      enter((await loginStaff(email.trim(), password)).role)
    } catch (error) {
      setFailure(errorText(error))
    } finally {
      setBusy(false)
    }
  }
  return { email, setEmail, password, setPassword, wrong, failure, busy, submit }
}
