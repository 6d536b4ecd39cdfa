import { createReadStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { removeBrokenUploads } from './incoming'
import type { FileStorage } from './storage'

const MIN_FREE_BYTES = 64 * 1024 * 1024

/** Files under one folder on the server's disk; it must be on the same file system as the incoming folder. */
export function createDiskStorage(root: string, incoming = path.join(root, '../incoming')): FileStorage {
  const place = (key: string) => path.join(root, key)

  async function* walk(dir: string): AsyncIterable<string> {
    for (const entry of await fs.readdir(dir, { withFileTypes: true }).catch(() => [])) {
      const child = path.join(dir, entry.name)
      if (entry.isDirectory()) yield* walk(child)
      else yield child
    }
  }

  return {
    take: async (localPath, key) => {
      const made = await fs.mkdir(path.dirname(place(key)), { recursive: true })
      await sync(localPath)
      await fs.rename(localPath, place(key))
      // The new name must survive a power cut, and so must every folder that was made for it.
      const last = path.dirname(made ?? place(key))
      for (let dir = path.dirname(place(key)); dir.length >= last.length; dir = path.dirname(dir)) await sync(dir)
    },
    write: async (key, content) => {
      await fs.mkdir(path.dirname(place(key)), { recursive: true })
      const draft = `${place(key)}.${process.pid}.part`
      await fs.writeFile(draft, content)
      await sync(draft)
      await fs.rename(draft, place(key))
    },
    read: async (key, range) => {
      const handle = await fs.open(place(key), 'r')
      return createReadStream('', { fd: handle, ...range })
    },
    size: async (key) => (await fs.stat(place(key)).catch(() => null))?.size ?? null,
    local: async (key) => ({ path: place(key), release: async () => {} }),
    remove: (key) => fs.rm(place(key), { force: true }),
    async *keysOlderThan(before) {
      for await (const file of walk(root)) {
        const stat = await fs.stat(file).catch(() => null)
        if (stat && stat.mtime < before) yield path.relative(root, file).split(path.sep).join('/')
      }
    },
    removeBrokenUploads: (before) => removeBrokenUploads(incoming, before),
    check: async () => {
      await fs.mkdir(root, { recursive: true })
      await fs.access(root, fs.constants.W_OK)
      const { bavail, bsize } = await fs.statfs(root)
      if (bavail * bsize < MIN_FREE_BYTES) throw new Error('less than 64 MB of disk space left')
    },
  }
}

async function sync(target: string) {
  const handle = await fs.open(target, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
