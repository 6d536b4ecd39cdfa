import type { ApiAnswer } from './api-client'

/** Paths a 400 names, each once; its sentence must be Chinese and name the first. */
export function refusedPaths({ status, body }: ApiAnswer): string[] {
  if (status !== 400) throw new Error(`expected 400, got ${status}: ${JSON.stringify(body)}`)
  const fields = body.data?.fields as { path: string; message: string }[]
  for (const { message } of fields)
    if (!/[\u4e00-\u9fff]/.test(message)) throw new Error(`not Chinese: ${JSON.stringify(body)}`)
  if (fields[0]?.path && !body.message.includes(fields[0].path))
    throw new Error(`the sentence does not name ${fields[0].path}: ${body.message}`)
  return [...new Set(fields.map((field) => field.path))]
}

/** Keys of an object in order of the alphabet. */
export const keysOf = (value: object): string[] => Object.keys(value).toSorted()
