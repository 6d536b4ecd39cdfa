import type { StoredFile } from '../../../types/api/files'
import type { Database, Db } from '../../db/database'
import { isOutcomeUnknown } from '../../db/db-error'
import { AppError, invalidField } from '../../errors/app-error'
import { newId } from '../../ids'
import type { Upload } from '../../http/uploads'
import type { CurrentCustomers } from '../customers/current'
import type { Decoder } from './decode'
import { type FileKind, sniffFile } from './file-kind'
import type { Once } from '../idempotency/service'
import type { FileLinks, FileVariant } from './links'
import type { FileRepository, FileRow, FileTarget } from './repository'
import type { FileStorage } from './storage'
import { renderThumbnail } from './thumbnail'

const UNUSED_LIFETIME_MS = 24 * 3600 * 1000
/** A file without a row may belong to a request that is still running. */
const ORPHAN_GRACE_MS = 3600 * 1000
const SWEEP_BATCH = 200

export interface AcceptRule {
  kinds: readonly FileKind[]
  /** Bytes, by kind. */
  maxBytes: Record<FileKind, number>
}

const REFUSED: Record<string, string> = {
  image: '只支持 JPG、PNG、GIF、WebP、BMP 图片',
  document: '只支持 PDF、Word、Excel 文件',
  any: '只支持图片和 PDF、Word、Excel 文件',
}

/** A customer or somebody on the staff. */
type Uploader = { typ: 'customer'; id: number } | { typ: 'staff'; id: string }

export interface FileServiceDeps {
  repository: FileRepository
  customers: Pick<CurrentCustomers, 'current'>
  storage: FileStorage
  decoder: Decoder
  links: FileLinks
  transaction: Database['transaction']
  now: () => Date
}

export interface CheckedUpload {
  upload: Upload
  rule: AcceptRule
}

export function createFileService(deps: FileServiceDeps) {
  const { repository, customers, storage, decoder, links, transaction, now } = deps
  const rendering = new Map<string, Promise<unknown>>()

  async function checkedMime(upload: Upload, { kinds, maxBytes }: AcceptRule): Promise<string> {
    const found = await sniffFile(upload.path, upload.name)
    if (!found || !kinds.includes(found.kind)) {
      const message = `“${upload.name}”类型不符，${REFUSED[kinds.length > 1 ? 'any' : kinds[0]!]}`
      throw new AppError('FILE_TYPE_REFUSED', {
        message: `${message}（${upload.field}）`,
        details: { fields: [{ path: upload.field, message }] },
      })
    }
    if (upload.size > maxBytes[found.kind])
      throw new AppError('PAYLOAD_TOO_LARGE', {
        message: `“${upload.name}”超过 ${maxBytes[found.kind] / 1024 / 1024}MB（${upload.field}）`,
      })
    return found.mime
  }

  /**
   * Moves checked uploads into storage and hands `work` the rows to insert. When `work` fails for good the contents
   * go away again; when its outcome is not known (connection lost in the commit) the sweep decides.
   */
  async function store<T>(
    uploads: CheckedUpload[],
    uploader: string,
    work: (rows: FileRow[]) => Promise<T>,
  ): Promise<T> {
    const mimes: string[] = []
    for (const { upload, rule } of uploads) mimes.push(await checkedMime(upload, rule))
    const rows = uploads.map(({ upload }, position) => toRow(upload, { mime: mimes[position]!, uploader, position }))
    try {
      for (const [index, row] of rows.entries()) await storage.take(uploads[index]!.upload.path, row.storage_key)
      return await work(rows)
    } catch (error) {
      if (!isOutcomeUnknown(error)) for (const row of rows) await removeContents(row.storage_key)
      throw error
    }
  }

  /** An original with everything made from it. */
  async function removeContents(key: string): Promise<void> {
    for (const suffix of ['', '.thumb', '.stamped']) await storage.remove(key + suffix)
  }

  function toRow(upload: Upload, about: Pick<FileRow, 'mime' | 'uploader' | 'position'>): FileRow {
    const id = newId()
    const time = now()
    return {
      id,
      owner: 'unused',
      task_id: null,
      step_record_id: null,
      visit_id: null,
      original_name: upload.name,
      storage_key: `${time.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}`,
      stamped_key: null,
      size: upload.size,
      sha256: upload.sha256,
      captured_at: null,
      latitude: null,
      longitude: null,
      create_time: time,
      ...about,
    }
  }

  async function thumbnailKey(row: FileRow): Promise<string> {
    const key = `${row.storage_key}.thumb`
    if ((await storage.size(key)) !== null) return key
    const running = rendering.get(key) ?? renderThumbnail(decoder, row.storage_key, key)
    rendering.set(key, running)
    try {
      return (await running) ? key : row.storage_key
    } finally {
      rendering.delete(key)
    }
  }

  async function sweepUnused(): Promise<number> {
    const before = new Date(now().getTime() - UNUSED_LIFETIME_MS)
    let removed = 0
    for (;;) {
      const rows = await repository.unusedBefore(before, SWEEP_BATCH)
      for (const row of rows)
        if (await repository.removeUnused(row.id)) {
          await removeContents(row.storage_key)
          removed++
        }
      if (rows.length < SWEEP_BATCH) return removed
    }
  }

  async function sweepOrphans(): Promise<number> {
    let removed = 0
    const flush = async (keys: string[]) => {
      const known = await repository.knownKeys(keys.map(baseKey))
      for (const key of keys)
        if (!known.has(baseKey(key))) {
          await storage.remove(key)
          removed++
        }
    }
    let batch: string[] = []
    for await (const key of storage.keysOlderThan(new Date(now().getTime() - ORPHAN_GRACE_MS))) {
      batch.push(key)
      if (batch.length === SWEEP_BATCH) await flush(batch.splice(0))
    }
    if (batch.length > 0) await flush(batch)
    return removed
  }

  return {
    store,
    toStoredFile,
    link: links.link,
    /** Files of a task, in order. */
    ofTask: repository.ofTask,
    byIds: repository.byIds,
    release: repository.release,

    /** Rows of stored uploads, in the transaction that refers to them. */
    insert: (trx: Db, rows: FileRow[], target: FileTarget) =>
      repository.insert(
        rows.map((row) => ({ ...row, ...target })),
        trx,
      ),

    /** Stores one upload for later use; unused for 24 h, it is removed. */
    add: ({ upload, rule }: CheckedUpload, who: Uploader, once: Once): Promise<StoredFile> =>
      store([{ upload, rule }], `${who.typ}:${who.id}`, ([row]) =>
        transaction(async (trx) => {
          const owner = who.typ === 'customer' ? await customers.current(trx, who.id) : who
          await repository.insert([{ ...row!, uploader: `${who.typ}:${owner.id}` }], trx)
          const answer = toStoredFile(row!)
          await once.save(trx, answer)
          return answer
        }),
      ),

    /** Gives unused files of `uploader` to a task, step or visit, in this order. @throws AppError naming the one refused */
    async attach(
      trx: Db,
      ids: string[],
      uploader: string,
      { field = 'file_ids', ...target }: FileTarget & { field?: string },
    ): Promise<void> {
      for (const [position, id] of [...new Set(ids)].entries())
        if (!(await repository.attach(id, uploader, { ...target, position }, trx)))
          throw invalidField(`${field}.${position}`, '文件不存在或已被使用')
    },

    /** A file behind a signed link. */
    async open(id: string, variant: FileVariant, exp: number, signature: string) {
      links.verify(id, variant, exp, signature)
      const row = await repository.find(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '文件不存在' })
      const key =
        variant === 'thumbnail'
          ? await thumbnailKey(row)
          : variant === 'stamped'
            ? (row.stamped_key ?? row.storage_key)
            : row.storage_key
      const size = await storage.size(key)
      if (size === null) throw new AppError('NOT_FOUND', { message: '文件不存在' })
      const rendered = key !== row.storage_key
      return {
        name: row.original_name,
        mime: rendered ? 'image/jpeg' : row.mime,
        etag: `"${row.sha256.slice(0, 32)}${rendered ? `-${variant}` : ''}"`,
        size,
        read: (range?: { start: number; end: number }) => storage.read(key, range),
      }
    },

    /** Removes files nobody used within a day, and contents whose request died before their row was written. */
    async sweep(): Promise<{ unused: number; orphans: number }> {
      const broken = await storage.removeBrokenUploads(new Date(now().getTime() - ORPHAN_GRACE_MS))
      return { unused: await sweepUnused(), orphans: (await sweepOrphans()) + broken }
    },
  }

  function toStoredFile(row: FileRow): StoredFile {
    const { id, original_name, size, mime, sha256 } = row
    return { file_id: id, name: original_name, size, mime, sha256, url: links.link(id) }
  }
}

const baseKey = (key: string) => key.replace(/\.(thumb|stamped)(\.\d+\.part)?$/, '')

export type FileService = ReturnType<typeof createFileService>
