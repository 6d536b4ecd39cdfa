import type { Readable } from 'node:stream'

/** Where file contents live; keys are made by us and never by a caller. */
export interface FileStorage {
  /** Moves a finished local file to `key`; when it returns, the content survives a crash. */
  take(localPath: string, key: string): Promise<void>
  write(key: string, content: Buffer): Promise<void>
  /** Bytes `start` to `end` inclusive, or all. @throws when there is no such key */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>
  /** Size in bytes, or null when there is no such key. */
  size(key: string): Promise<number | null>
  /** A local path to the content, for tools that need one; `release` it afterwards. */
  local(key: string): Promise<{ path: string; release(): Promise<void> }>
  remove(key: string): Promise<void>
  /** Every key not written since `before`. */
  keysOlderThan(before: Date): AsyncIterable<string>
  /** Removes uploads that were under way when their server died. */
  removeBrokenUploads(before: Date): Promise<number>
  /** Throws when nothing can be stored at the moment. */
  check(): Promise<void>
}
