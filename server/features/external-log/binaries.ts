import fs from 'node:fs/promises'
import path from 'node:path'

/** Answers that are no text, captcha images for example: one file each below `dir`, in a folder a day. */
export function createBinaries(dir: string) {
  return {
    /** @returns the file's path below `dir` */
    async write(id: string, day: string, content: Buffer): Promise<string> {
      await fs.mkdir(path.join(dir, day), { recursive: true, mode: 0o700 })
      const file = path.posix.join(day, id)
      await fs.writeFile(path.join(dir, file), content, { mode: 0o600 })
      return file
    },

    /** Removes the days before `day` (YYYYMMDD). */
    async removeBefore(day: string): Promise<void> {
      const days = await fs.readdir(dir).catch(() => [])
      for (const name of days)
        if (/^\d{8}$/.test(name) && name < day) await fs.rm(path.join(dir, name), { recursive: true, force: true })
    },
  }
}

export type Binaries = ReturnType<typeof createBinaries>
