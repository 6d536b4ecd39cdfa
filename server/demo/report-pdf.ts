import { WIDTH as PICTURE_WIDTH, HEIGHT as PICTURE_HEIGHT } from './pictures'

export interface Report {
  title: string
  lines: string[]
  /** A drawn picture, shown below the text. */
  picture?: Buffer
}

const PAGE = { width: 595, height: 842, margin: 60 }

/** A one-page PDF. Its Chinese font is one of those every PDF reader brings along, so none is embedded. */
export function writeReport(report: Report): Buffer {
  const contents = pageContents(report)
  const objects: (string | Buffer)[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${PAGE.width} ${PAGE.height}]/Contents 4 0 R
/Resources<</Font<</F1 5 0 R>>${report.picture ? '/XObject<</P1 8 0 R>>' : ''}>>>>`,
    `<</Length ${contents.length}>>\nstream\n${contents}\nendstream`,
    '<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[6 0 R]>>',
    `<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 7 0 R/DW 1000
/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>/W[1 95 520]>>`,
    `<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880
/Descent -120/CapHeight 737/StemV 93>>`,
  ]
  if (report.picture) objects.push(imageObject(report.picture))
  return assemble(objects)
}

function pageContents({ title, lines, picture }: Report): string {
  const { width, height, margin } = PAGE
  let y = height - margin - 20
  const parts = [text(title, { x: margin, y, size: 20 }), `${margin} ${y - 14} ${width - 2 * margin} 1 re f`]
  y -= 48
  for (const line of lines) {
    parts.push(text(line, { x: margin, y, size: 11.5 }))
    y -= 22
  }
  if (picture) {
    const wide = width - 2 * margin
    const high = (wide * PICTURE_HEIGHT) / PICTURE_WIDTH
    parts.push(`q ${wide} 0 0 ${high.toFixed(1)} ${margin} ${(y - high).toFixed(1)} cm /P1 Do Q`)
  }
  return parts.join('\n')
}

const text = (value: string, { x, y, size }: { x: number; y: number; size: number }) =>
  `BT /F1 ${size} Tf ${x} ${y} Td <${Buffer.from(value, 'utf16le').swap16().toString('hex')}> Tj ET`

const imageObject = (jpeg: Buffer) =>
  Buffer.concat([
    Buffer.from(`<</Type/XObject/Subtype/Image/Width ${PICTURE_WIDTH}/Height ${PICTURE_HEIGHT}/ColorSpace/DeviceRGB
/BitsPerComponent 8/Filter/DCTDecode/Length ${jpeg.length}>>\nstream\n`),
    jpeg,
    Buffer.from('\nendstream'),
  ])

/** Numbers the objects from 1 and writes the table of where each begins. */
function assemble(objects: (string | Buffer)[]): Buffer {
  const chunks = [Buffer.from('%PDF-1.4\n%\u00e2\u00e3\n', 'latin1')]
  let length = chunks[0]!.length
  const offsets: string[] = []
  for (const [index, object] of objects.entries()) {
    offsets.push(`${String(length).padStart(10, '0')} 00000 n \n`)
    const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')])
    chunks.push(chunk)
    length += chunk.length
  }
  const count = objects.length + 1
  chunks.push(
    Buffer.from(
      `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}` +
        `trailer\n<</Size ${count}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(chunks)
}
