import fs from 'node:fs/promises'
import path from 'node:path'
import { fileTypeFromFile } from 'file-type/node'
import { isDecodable } from './decode'

export type FileKind = 'image' | 'document'
export interface SniffedFile {
  kind: FileKind
  mime: string
}

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp'])
const DOCUMENTS = new Set([
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-word.document.macroenabled.12',
  'application/vnd.ms-excel.sheet.macroenabled.12',
])
/** Word and Excel before 2007 share one container (CFB), so the name tells them apart. */
const CFB_BY_EXTENSION: Record<string, string> = {
  '.doc': 'application/msword',
  '.xls': 'application/vnd.ms-excel',
}

/** What a file is by its content; null when it is nothing we take. The name never decides against the content. */
export async function sniffFile(localPath: string, name: string): Promise<SniffedFile | null> {
  const found = await fileTypeFromFile(localPath).catch(() => undefined)
  if (!found) return null
  if (IMAGES.has(found.mime)) {
    // Nothing of ours will decode what cannot even be measured.
    const reasonable = await isDecodable(localPath).catch(() => true)
    return reasonable ? { kind: 'image', mime: found.mime } : null
  }
  if (DOCUMENTS.has(found.mime)) return { kind: 'document', mime: found.mime }
  const legacy = CFB_BY_EXTENSION[path.extname(name).toLowerCase()]
  if (found.mime === 'application/x-cfb' && legacy && !(await isInstaller(localPath)))
    return { kind: 'document', mime: legacy }
  return null
}

const CFB_SECTOR_SHIFT_OFFSET = 30
const CFB_DIRECTORY_OFFSET = 48
const CFB_CLSID_OFFSET = 80
/** {000C1084-0000-0000-C000-000000000046}: a Windows Installer package. */
const INSTALLER_CLSID = Buffer.from('84100c0000000000c000000000000046', 'hex')

async function isInstaller(localPath: string): Promise<boolean> {
  const handle = await fs.open(localPath, 'r')
  try {
    const header = Buffer.alloc(512)
    await handle.read(header, 0, 512, 0)
    const sectorSize = 2 ** Math.min(header.readUInt16LE(CFB_SECTOR_SHIFT_OFFSET), 12)
    const root = (header.readUInt32LE(CFB_DIRECTORY_OFFSET) + 1) * sectorSize
    const clsid = Buffer.alloc(16)
    await handle.read(clsid, 0, 16, root + CFB_CLSID_OFFSET)
    return clsid.equals(INSTALLER_CLSID)
  } finally {
    await handle.close()
  }
}
