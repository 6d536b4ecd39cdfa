import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate, useSearchParams } from 'react-router-dom'
import { ME } from '../api/query-client'
import { LoginForm, NOT_FOR_WORKERS } from '../session/login-form'
import { mayEnter, useMe } from '../session/session'
import { Waiting } from '../show/states'

/** Only an address of the console itself. */
const wayBack = (from: string | null): string => (from && /^\/(?!\/|\\)/.test(from) ? from : '/')

export default function LoginPage() {
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const back = wayBack(params.get('from'))

  if (me.isPending) return <Waiting />
  if (me.data && mayEnter(me.data.role)) return <Navigate to={back} replace />
  return (
    <main className="login">
      <section className="login__card">
        <h1 className="login__title">研仪联 · 管理后台</h1>
        <p className="login__note">派单员与管理员登录</p>
        <LoginForm
          notice={me.data ? NOT_FOR_WORKERS : ''}
          onEntered={(user) => {
            client.clear()
            client.setQueryData(ME, user)
            void navigate(back, { replace: true })
          }}
        />
      </section>
    </main>
  )
}
