import { randomKey } from '@/shared/random-key'
import { keepPicked, pickedFile } from './pick-files-browser'
import { compressInBrowser } from './upload-browser'

const DATABASE = 'yyl-photos'
const PHOTOS = 'photos'

/** Object URLs of kept photos, so that each is made once. */
const opened = new Map<string, string>()

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(PHOTOS)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('indexedDB'))
  })
}

/** Runs one request in a transaction and waits until it is on the disk. */
async function run<T>(mode: IDBTransactionMode, work: (photos: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(PHOTOS, mode)
      const request = work(transaction.objectStore(PHOTOS))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(transaction.error ?? new Error('indexedDB'))
      transaction.onabort = transaction.onerror
    })
  } finally {
    db.close()
  }
}

/** Puts a picked photo, made small, into the browser's database; the path itself where that is refused. */
export async function keep(path: string): Promise<string> {
  const photo = pickedFile(await compressInBrowser(path))
  if (!photo) return path
  const key = randomKey()
  try {
    await run('readwrite', (photos) => photos.put(photo, key))
  } catch {
    return path
  }
  opened.set(key, path)
  return key
}

export async function open(ref: string): Promise<string | null> {
  const known = opened.get(ref) ?? (pickedFile(ref) ? ref : undefined)
  if (known) return known
  const photo = await run<File | undefined>('readonly', (photos) => photos.get(ref) as IDBRequest<File | undefined>)
  if (!photo) return null
  const path = keepPicked(photo)
  opened.set(ref, path)
  return path
}

export async function drop(ref: string): Promise<void> {
  opened.delete(ref)
  await run('readwrite', (photos) => photos.delete(ref)).catch(() => undefined)
}
