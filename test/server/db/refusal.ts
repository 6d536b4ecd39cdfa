/** What `work` was refused with. A driver's errors are none of jest's own realm, so `rejects.toThrow` misses them. */
export const refusalOf = (work: Promise<unknown>): Promise<{ name: string; message: string }> =>
  work.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: { name: string; message: string }) => error,
  )
