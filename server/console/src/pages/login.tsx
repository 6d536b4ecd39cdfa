import type { StaffLogin } from '@shared/api/staff'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Navigate, useNavigate, useSearchParams } from 'react-router-dom'
import { type ApiError, request } from '../api/client'
import { ME } from '../api/query-client'
import { mayEnter, useLogout, useMe } from '../session/session'
import { Waiting } from '../show/states'

const NOT_FOR_WORKERS = '服务人员不能登录管理后台，请使用小程序或网页版接单和签到'
/** The documents of staff login promise these two sentences in English. */
const SENTENCES: Record<string, string> = {
  'Invalid email or password': '邮箱或密码不正确',
  'User not found': '没有这个账号',
}

/** Only an address of the console itself. */
const wayBack = (from: string | null): string => (from && /^\/(?!\/|\\)/.test(from) ? from : '/')

export default function LoginPage() {
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const logout = useLogout()
  const [params] = useSearchParams()
  const [running, setRunning] = useState(false)
  const [refusal, setRefusal] = useState('')
  const back = wayBack(params.get('from'))

  const logIn = async (body: { email: string; password: string }) => {
    setRunning(true)
    setRefusal('')
    try {
      const { user } = await request<StaffLogin>('/auth/email-login', { method: 'POST', body })
      if (mayEnter(user.role)) {
        client.clear()
        client.setQueryData(ME, user)
        void navigate(back, { replace: true })
        return
      }
      await logout()
      setRefusal(NOT_FOR_WORKERS)
    } catch (error) {
      const { message } = error as ApiError
      setRefusal(SENTENCES[message] ?? message)
    } finally {
      setRunning(false)
    }
  }

  if (me.isPending) return <Waiting />
  if (me.data && mayEnter(me.data.role)) return <Navigate to={back} replace />
  const sentence = refusal || (me.data ? NOT_FOR_WORKERS : '')
  return (
    <main className="login">
      <section className="login__card">
        <h1 className="login__title">研仪联 · 管理后台</h1>
        <p className="login__note">派单员与管理员登录</p>
        {sentence && <Alert type="error" showIcon title={sentence} className="form-alert" />}
        <Form layout="vertical" requiredMark={false} onFinish={(values) => void logIn(values)} disabled={running}>
          <Form.Item name="email" label="邮箱" rules={[{ required: true, message: '请输入邮箱' }]}>
            <Input type="email" autoComplete="username" autoFocus size="large" />
          </Form.Item>
          <Form.Item name="password" label="密码" rules={[{ required: true, message: '请输入密码' }]}>
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={running}>
            登录
          </Button>
        </Form>
      </section>
    </main>
  )
}
