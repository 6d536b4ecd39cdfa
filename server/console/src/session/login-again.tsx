import type { StaffUser } from '@shared/api/staff'
import { useQueryClient } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useNavigate } from 'react-router-dom'
import { ME } from '../api/query-client'
import { LoginForm } from './login-form'

/** Over every other dialog of the page. */
const ON_TOP = 2000

/** Over a page whose login has ended: what is typed below it stays for the same person, and is gone for another. */
export function LoginAgain({ staff }: { staff: StaffUser }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const goOn = (user: StaffUser) => {
    if (user.id !== staff.id) {
      client.clear()
      void navigate('/', { replace: true })
    }
    client.setQueryData(ME, user)
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] })
  }
  return (
    <Modal open width={400} title="登录已过期" closable={false} keyboard={false} footer={null} zIndex={ON_TOP}>
      <p className="soft">重新登录后接着做，页面上填写的内容都还在。</p>
      <LoginForm email={staff.email} onEntered={goOn} />
    </Modal>
  )
}
