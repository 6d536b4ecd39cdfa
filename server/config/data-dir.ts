import fs from 'node:fs'
import path from 'node:path'

/**
 * Makes the folder where it is missing and proves that files can be made in it. Level by level: where a file system
 * takes no folders (/proc), Node's own `recursive` tries for ever.
 * @throws Error naming the folder
 */
export function prepareDataDir(dir: string): void {
  try {
    makeFolder(dir)
    fs.rmdirSync(fs.mkdtempSync(path.join(dir, '.probe-')))
  } catch (error) {
    throw new Error(`DATA_DIR ${dir} cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

function makeFolder(dir: string): void {
  if (fs.existsSync(dir)) return
  makeFolder(path.dirname(dir))
  try {
    fs.mkdirSync(dir)
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
