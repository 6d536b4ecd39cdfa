/** Fields of a multipart body; a part with a content type of its own stays bytes. */
export function fieldsOf(bytes: Buffer, contentType: string): Record<string, string | Buffer> {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? ''
  const text = bytes.toString('latin1')
  const fields: Record<string, string | Buffer> = {}
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const split = part.indexOf('\r\n\r\n')
    const head = part.slice(0, split)
    const value = Buffer.from(part.slice(split + 4, -2), 'latin1')
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
    fields[name] = /content-type:/i.test(head) ? value : value.toString('utf8')
  }
  return fields
}
