import { createReadStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Cloudbase } from '../../connectors/cloudbase'
import { newId } from '../../ids'
import { removeBrokenUploads } from './incoming'
import type { FileRepository } from './repository'
import type { FileStorage } from './storage'

/** Apart from what the mini-program uploads to the same environment. */
const FOLDER = 'files/'
const MAX_BYTES = 100 * 1024 * 1024
const CHECK_EVERY_MS = 60_000
const SWEEP_BATCH = 200

export interface CloudStorageDeps {
  cloudbase: Cloudbase
  repository: FileRepository
  /** Where uploads arrive, on this server's disk. */
  incoming: string
  now: () => Date
}

/**
 * Files in cloud storage. It cannot be listed or asked for a size, so a ledger of ours knows what lies there: a key
 * enters it before its content is written, and so is found by the sweep whatever happens in between.
 */
export function createCloudStorage({ cloudbase, repository, incoming, now }: CloudStorageDeps): FileStorage {
  let checkedAt = -Infinity

  async function put(key: string, size: number, content: () => Parameters<Cloudbase['put']>[1]): Promise<void> {
    await repository.startObject(key, now())
    const fileId = await cloudbase.put(FOLDER + key, content())
    await repository.finishObject(key, { file_id: fileId, size })
  }

  async function fileIdOf(key: string): Promise<string> {
    const object = await repository.findObject(key)
    if (!object?.file_id) throw new Error(`no such key: ${key}`)
    return object.file_id
  }

  return {
    take: async (localPath, key) => {
      const { size } = await fs.stat(localPath)
      await put(key, size, () => createReadStream(localPath))
      await fs.rm(localPath, { force: true })
    },
    write: (key, content) => put(key, content.length, () => content),
    read: async (key, range) => cloudbase.open(await fileIdOf(key), range),
    size: async (key) => (await repository.findObject(key))?.size ?? null,
    local: async (key) => {
      await fs.mkdir(incoming, { recursive: true })
      const copy = path.join(incoming, newId())
      await cloudbase.save(await fileIdOf(key), copy, MAX_BYTES)
      return { path: copy, release: () => fs.rm(copy, { force: true }) }
    },
    remove: async (key) => {
      const object = await repository.findObject(key)
      if (!object) return
      // Without its fileID the upload may have been cut off just before it was noted.
      await cloudbase.remove(object.file_id ?? (await cloudbase.idOf(FOLDER + key)))
      await repository.removeObject(key)
    },
    async *keysOlderThan(before) {
      let last = { written_at: new Date(0), storage_key: '' }
      for (;;) {
        const page = await repository.objectsBefore(before, last, SWEEP_BATCH)
        for (const { storage_key } of page) yield storage_key
        if (page.length < SWEEP_BATCH) return
        last = page.at(-1)!
      }
    },
    removeBrokenUploads: (before) => removeBrokenUploads(incoming, before),
    check: async () => {
      await fs.mkdir(incoming, { recursive: true })
      await fs.access(incoming, fs.constants.W_OK)
      if (now().getTime() - checkedAt < CHECK_EVERY_MS) return
      await cloudbase.check()
      checkedAt = now().getTime()
    },
  }
}
