import type { z } from 'zod'
import type { FieldError } from '../../types/errors'
import { AppError } from '../errors/app-error'

/**
 * Parses one part of a request.
 * @throws AppError INVALID_INPUT whose message names the first refused field and whose details list all
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(toFieldError)
  const [first] = fields
  throw new AppError('INVALID_INPUT', {
    message: first?.path ? `${first.message}（${first.path}）` : first?.message,
    details: { fields },
  })
}

function toFieldError(issue: z.core.$ZodIssue): FieldError {
  const path = issue.path.join('.')
  // Without a message of ours it is zod's own, and that is English.
  const message = /[^\x20-\x7e]/.test(issue.message) ? issue.message : path ? '格式不正确' : '请求内容格式不正确'
  return { path, message }
}
