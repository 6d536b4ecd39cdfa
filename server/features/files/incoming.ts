import fs from 'node:fs/promises'
import path from 'node:path'

/** Removes uploads that were under way when their server died. @returns how many */
export async function removeBrokenUploads(incoming: string, before: Date): Promise<number> {
  let removed = 0
  for (const name of await fs.readdir(incoming).catch(() => [])) {
    const stat = await fs.stat(path.join(incoming, name)).catch(() => null)
    if (!stat || stat.mtime >= before) continue
    await fs.rm(path.join(incoming, name), { recursive: true, force: true })
    removed++
  }
  return removed
}
