import { z } from 'zod'

/** Schema of `Page<T>`. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    total: z.number().int(),
    pages: z.number().int(),
    current: z.number().int(),
    size: z.number().int(),
    list: z.array(row),
  })

/** A page of rows with its numbers. */
export function toPage<T>(list: T[], total: number, { page, size }: { page: number; size: number }) {
  return { total, pages: Math.ceil(total / size), current: page, size, list }
}

/** A page of rows that are all at hand. */
export const pageFrom = <T>(rows: T[], { page, size }: { page: number; size: number }) =>
  toPage(rows.slice((page - 1) * size, page * size), rows.length, { page, size })
