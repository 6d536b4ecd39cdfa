import fs from 'node:fs'
import Sqlite from 'better-sqlite3'

/**
 * Copies a SQLite database while servers go on writing to it: the copy is whole and appears at `target` only when it is
 * complete. @returns its size in bytes
 */
export async function backUpSqlite(file: string, target: string): Promise<number> {
  const draft = `${target}.part`
  const source = new Sqlite(file, { readonly: true, fileMustExist: true })
  try {
    await source.backup(draft)
    settle(draft)
    // Unlike a rename this does not replace a backup that appeared meanwhile.
    fs.linkSync(draft, target)
    return fs.statSync(target).size
  } finally {
    source.close()
    for (const left of [draft, `${draft}-wal`, `${draft}-shm`]) fs.rmSync(left, { force: true })
  }
}

/** One file without a log beside it, that SQLite itself calls sound. */
function settle(file: string): void {
  const copy = new Sqlite(file)
  try {
    copy.pragma('journal_mode = DELETE')
    const verdict = copy.pragma('quick_check', { simple: true })
    if (verdict !== 'ok') throw new Error(`the copy is not sound: ${String(verdict)}`)
  } finally {
    copy.close()
  }
}
