import type { StaffLogin, StaffUser } from '@shared/api/staff'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { type ApiError, request } from '../api/client'
import { endSession, mayEnter } from './session'

export const NOT_FOR_WORKERS = '服务人员不能登录管理后台，请使用小程序或网页版接单和签到'
/** The documents of staff login promise these two sentences in English. */
const SENTENCES: Record<string, string> = {
  'Invalid email or password': '邮箱或密码不正确',
  'User not found': '没有这个账号',
}

interface LoginFormProps {
  /** Who is expected; empty for anybody. */
  email?: string
  /** Why somebody who seems to be logged in has to do it again. */
  notice?: string
  onEntered: (user: StaffUser) => void
}

/** Asks for account and password until somebody came who may use the console. */
export function LoginForm({ email = '', notice = '', onEntered }: LoginFormProps) {
  const [running, setRunning] = useState(false)
  const [refusal, setRefusal] = useState('')
  const sentence = refusal || notice

  const logIn = async (body: { email: string; password: string }) => {
    setRunning(true)
    setRefusal('')
    try {
      const { user } = await request<StaffLogin>('/auth/email-login', { method: 'POST', body })
      if (mayEnter(user.role)) return onEntered(user)
      await endSession()
      setRefusal(NOT_FOR_WORKERS)
    } catch (error) {
      const { message } = error as ApiError
      setRefusal(SENTENCES[message] ?? message)
    } finally {
      setRunning(false)
    }
  }

  return (
    <>
      {sentence && <Alert type="error" showIcon title={sentence} className="form-alert" />}
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ email }}
        onFinish={(values) => void logIn(values)}
        disabled={running}
      >
        <Form.Item name="email" label="邮箱" rules={[{ required: true, message: '请输入邮箱' }]}>
          <Input type="email" autoComplete="username" autoFocus={!email} size="large" />
        </Form.Item>
        <Form.Item name="password" label="密码" rules={[{ required: true, message: '请输入密码' }]}>
          <Input.Password autoComplete="current-password" autoFocus={Boolean(email)} size="large" />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={running}>
          登录
        </Button>
      </Form>
    </>
  )
}
