import { crc32, deflateRawSync } from 'node:zlib'
import sharp, { type JpegOptions } from 'sharp'
import type { TaskSubmission } from '../../types/api/tasks'

type Changes = {
  [K in keyof TaskSubmission]?: TaskSubmission[K] extends object ? Partial<TaskSubmission[K]> : TaskSubmission[K]
}

/** A repair task that is accepted as it is. */
export function buildSubmission(changes: Changes = {}): TaskSubmission {
  return {
    type: changes.type ?? 'repair',
    customer: {
      name: '张三',
      company: 'ABC科技有限公司',
      phone: '13800138000',
      address: '北京市海淀区中关村',
      ...changes.customer,
    },
    device: {
      name: '高效液相色谱仪',
      type: '色谱仪',
      brand: '安捷伦',
      model: '1260',
      fault_description: '仪器无法正常启动',
      quantity: 1,
      ...changes.device,
    },
    description: changes.description ?? '仪器无法正常启动，屏幕无显示',
    ...(changes.file_ids ? { file_ids: changes.file_ids as string[] } : {}),
  }
}

/** A real PNG of one colour. */
export const buildPng = (width = 40, height = 30, background = '#0f766e'): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

/** A PNG of one colour that cannot be decoded row by row. */
export const buildInterlacedPng = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#0f766e' } })
    .png({ progressive: true })
    .toBuffer()

export const buildJpeg = (width: number, height: number, options: JpegOptions = {}): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#0f766e' } })
    .jpeg(options)
    .toBuffer()

export const buildPdf = (text = 'report'): Buffer =>
  Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n% ${text}\ntrailer<</Root 1 0 R>>\n%%EOF\n`)

/** A file part for a multipart body. */
export const buildFile = (content: Buffer, name: string, type = 'application/octet-stream'): File =>
  new File([new Uint8Array(content)], name, { type })

/** A multipart body: text fields by their names, then files. */
export function buildForm(fields: Record<string, string>, files: [field: string, file: File][] = []): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, file] of files) form.append(name, file)
  return form
}

/** The fields of a submission as a form sends them: `customer.name`, `device.quantity` … */
export function formFields({ customer, device, file_ids: _fileIds, ...rest }: TaskSubmission): Record<string, string> {
  const dotted = (prefix: string, holder: object) =>
    Object.entries(holder).map(([name, value]) => [`${prefix}.${name}`, String(value)])
  return Object.fromEntries([...Object.entries(rest), ...dotted('customer', customer), ...dotted('device', device)])
}

/** A zip archive of text entries, deflated. */
export function buildZip(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const path = Buffer.from(name)
    const plain = Buffer.from(text)
    const packed = deflateRawSync(plain)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(crc32(plain), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(plain.length, 18)
    facts.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, path, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, tail, path]))
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(locals.length, 8)
  end.writeUInt16LE(locals.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, central, end])
}

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const office = (part: string, type: string, xml: string) =>
  buildZip({
    '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/${part}" ContentType="${OFFICE}.${type}+xml"/></Types>`,
    '_rels/.rels': '<?xml version="1.0"?><Relationships/>',
    [part]: xml,
  })

/** A small Word file of 2007 and later; a long text makes a small file that unpacks to a large one. */
export const buildDocx = (xml = '<w:document/>') => office('word/document.xml', 'wordprocessingml.document.main', xml)
/** A small Excel file of 2007 and later. */
export const buildXlsx = () => office('xl/workbook.xml', 'spreadsheetml.sheet.main', '<workbook/>')

/** The container of Word and Excel before 2007 (MS-CFB): header, one allocation sector, one directory sector. */
export function buildCfb(rootClassId = '00'.repeat(16)): Buffer {
  const header = Buffer.alloc(512)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header)
  header.writeUInt16LE(0x3e, 24)
  header.writeUInt16LE(3, 26)
  header.writeUInt16LE(0xfffe, 28)
  header.writeUInt16LE(9, 30)
  header.writeUInt16LE(6, 32)
  header.writeUInt32LE(1, 44)
  header.writeUInt32LE(1, 48)
  header.writeUInt32LE(4096, 56)
  header.fill(0xff, 80)
  header.writeUInt32LE(0, 76)
  const allocation = Buffer.alloc(512, 0xff)
  allocation.writeUInt32LE(0xfffffffd, 0)
  allocation.writeUInt32LE(0xfffffffe, 4)
  const directory = Buffer.alloc(512)
  directory.write('Root Entry', 'utf16le')
  directory.writeUInt16LE(22, 64)
  directory.writeUInt8(5, 66)
  Buffer.from(rootClassId, 'hex').copy(directory, 80)
  return Buffer.concat([header, allocation, directory])
}
