/** Reads a CSV as Excel does: UTF-8 with a mark before it, CRLF between rows, quotes around what needs them. */
export function readCsv(content: Buffer): Record<string, string>[] {
  const text = content.toString('utf8')
  if (!text.startsWith('\uFEFF')) throw new Error('no byte order mark')
  const rows = [...cellsOf(text.slice(1))]
  const [header = []] = rows.splice(0, 1)
  return rows.map((cells) => {
    if (cells.length !== header.length) throw new Error(`${cells.length} cells: ${JSON.stringify(cells)}`)
    return Object.fromEntries(header.map((name, index) => [name, cells[index]!]))
  })
}

function* cellsOf(text: string): Iterable<string[]> {
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const [, quoted, plain, end] = cell.exec(text) ?? []
    if (end === undefined) throw new Error(`not CSV: ${JSON.stringify(text.slice(at, at + 80))}`)
    row.push(quoted?.replaceAll('""', '"') ?? plain!)
    if (end === ',') continue
    yield row
    row = []
  }
}
