import { randomBytes } from 'node:crypto'
import { AppError } from '../errors/app-error'
import { WITHOUT_KEY } from '../features/idempotency/service'
import { newStaffBody } from '../features/staff/schema'
import { DEFAULT_ORG_ID } from '../organisation'
import { withContext } from './open-context'
import { runCommand } from './run'

/** Who does it, in the audit log: somebody with the server's own rights. */
const OPERATOR = {
  typ: 'staff' as const,
  id: 'command-line',
  name: '命令行',
  role: 'ADMIN' as const,
  email: '',
  orgId: DEFAULT_ORG_ID,
  teamId: null,
}

const USAGE = '用法：npm run add:admin -- 邮箱 姓名；部署目录里 field add-admin 邮箱 姓名'

/** `npm run add:admin -- EMAIL NAME`: an administrator with a password that is shown this once. */
runCommand(async () => {
  const [email = '', ...names] = process.argv.slice(2)
  const password = randomBytes(15).toString('base64url')
  const input = newStaffBody.safeParse({ email, password, role: 'ADMIN', full_name: names.join(' ') })
  if (!input.success) throw new Error(`${input.error.issues[0]!.message}；${USAGE}`)
  await withContext(async ({ staff }) => {
    try {
      await staff.create(OPERATOR, input.data, WITHOUT_KEY)
    } catch (error) {
      if (error instanceof AppError && error.code === 'EMAIL_TAKEN')
        throw new Error(`${email} 已有账号`, { cause: error })
      throw error
    }
    process.stdout.write(`管理员 ${input.data.email}\n密码 ${password}（只显示这一次，登录后请修改）\n`)
  })
})
