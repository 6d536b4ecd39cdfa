import type { Statement } from './tsql-recorder'

const MAX_PARAMETERS = 2100 - 2 // sp_executesql takes the statement and the list of types as parameters too
const MAX_ROWS = 1000
const MAX_INDEX_KEY_BYTES = 1700
const MAX_CLUSTERED_KEY_BYTES = 900

/** What SQL Server, or some version of it we serve, refuses or does wrongly; matched where no literal or name stands. */
const FORBIDDEN: [what: string, pattern: RegExp][] = [
  ['LIMIT', /\blimit\b/],
  ['||', /\|\|/],
  ['now()', /\bnow\s*\(/],
  ['length()', /\blength\s*\(/],
  ['MERGE', /\bmerge\b/],
  ['a lock hint', /\b(updlock|holdlock|nolock|rowlock|tablock|tablockx|xlock|readpast|serializable)\b/],
  ['FOR UPDATE or FOR SHARE', /\bfor (update|share)\b/],
  ['WAITFOR', /\bwaitfor\b/],
  ['TOP … WITH TIES', /\bwith ties\b/],
  ['CREATE OR ALTER', /\bcreate or alter\b/],
  ['ALTER VIEW', /\balter view\b/],
  ['a temporary table', /#\w/],
  ['a SET option', /(^|;)\s*set (?!@)/],
  ['a prepared statement', /\bsp_prep(are|exec)\b/],
  ['FOR JSON', /\bfor json\b/],
  ['RETURNING', /\breturning\b/],
  ['ON CONFLICT', /\bon conflict\b/],
  ['ILIKE', /\bilike\b/],
  ['IF (NOT) EXISTS in DDL', /\bif (not )?exists\b/],
  ['true or false', /\b(true|false)\b/],
  ['IS DISTINCT FROM, before 2022', /\bdistinct from\b/],
  ['GREATEST or LEAST, before 2022', /\b(greatest|least)\s*\(/],
  ['FILTER (WHERE …)', /\bfilter\s*\(\s*where\b/],
  ['NULLS FIRST or LAST', /\bnulls (first|last)\b/],
  ['a JSON operator', /->/],
  ['a function of other engines', /\b(ifnull|substr|strftime|random|group_concat|date_trunc|to_char|pragma_\w+)\s*\(/],
  ['a change through a CTE', /^\s*with\b[^]*\)\s*(update|delete|merge)\b/],
  ['an index inside CREATE TABLE', /\bcreate table\b[^]*[,(]\s*(unique )?index\b/],
  ['REFERENCES inside CREATE TABLE', /\bcreate table\b[^]*\breferences\b/],
  ['a named default', /\bconstraint "x" default\b/],
  ['two columns in one ADD', /\balter table "x" add "x"[^(]*(\([^)]*\)[^(]*)*, *"x"/],
  ['a cascade', /\bon (delete|update) cascade\b/],
]

/** Everything about one statement that T-SQL would not take; empty when it is fine. */
export function faultsOf({ sql, parameters }: Statement): string[] {
  const text = withoutNames(sql)
  const faults = FORBIDDEN.filter(([, pattern]) => pattern.test(text)).map(([what]) => what)
  if (parameters.length > MAX_PARAMETERS) faults.push(`${parameters.length} parameters`)
  if (rowsOf(text) > MAX_ROWS) faults.push(`${rowsOf(text)} rows in VALUES`)
  if (/\boffset\b/.test(text) && !/\border by\b[^()]*\boffset\b/.test(flatten(text)))
    faults.push('OFFSET without ORDER BY')
  if (/\bfetch next\b/.test(text) && !/\boffset\b/.test(text)) faults.push('FETCH without OFFSET')
  faults.push(...subqueryFaults(text), ...outputFaults(sql), ...selectListFaults(text), ...catalogueFaults(sql))
  for (const value of parameters)
    if (value !== null && typeof value === 'object' && !(value instanceof Date))
      faults.push(`a parameter that has no column type: ${JSON.stringify(value)}`)
  return faults
}

/** Lower case, text literals emptied, quoted names all called "x". */
function withoutNames(sql: string): string {
  return sql
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/"[^"]*"|\[[^\]]*\]/g, '"x"')
    .replace(/\s+/g, ' ')
    .toLowerCase()
    .trim()
}

/** Contents of every pair of parentheses, inner ones included. */
function groupsOf(text: string): string[] {
  const groups: string[] = []
  const open: number[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') open.push(i)
    if (text[i] === ')') groups.push(text.slice((open.pop() ?? 0) + 1, i))
  }
  return groups
}

/** The text without what stands in parentheses. */
function flatten(text: string): string {
  let depth = 0
  let result = ''
  for (const char of text) {
    if (char === ')') depth--
    if (depth === 0) result += char
    if (char === '(') depth++
  }
  return result
}

function rowsOf(text: string): number {
  const [, values] = /^insert into .*? values (.*)$/.exec(text) ?? []
  return values ? flatten(values).split('()').length - 1 : 0
}

function subqueryFaults(text: string): string[] {
  const wrong = groupsOf(text)
    .map((group) => flatten(group).trim())
    .filter((group) => /^select\b/.test(group) && /\border by\b/.test(group) && !/\b(top\(|offset\b)/.test(group))
  return wrong.map(() => 'ORDER BY in a subquery without TOP or OFFSET')
}

/** Every column of OUTPUT needs a name of its own. */
function outputFaults(sql: string): string[] {
  const [, list] = /\boutput (.+?) (?:values|where|from|select|default values|into)\b/is.exec(sql) ?? []
  if (!list) return []
  return list
    .split(',')
    .filter((column) => !/ as ["[]\w+["\]]$/i.test(column.trim()))
    .map((column) => `OUTPUT ${column.trim()} without a name`)
}

/** Where letters are told apart, the standard views are known by capitals only. */
const catalogueFaults = (sql: string): string[] =>
  /\binformation_schema\b/.test(sql) ? ['INFORMATION_SCHEMA in small letters'] : []

/** T-SQL has no boolean values: a comparison cannot be a column. */
function selectListFaults(text: string): string[] {
  return [text, ...groupsOf(text)]
    .map((group) => flatten(group).trim())
    .filter((group) => group.startsWith('select '))
    .map((group) => group.split(/ from\b/)[0]!.replace(/\bcase\b[^]*?\bend\b/g, ''))
    .filter((list) => !list.includes('@') && /[<>=]|\b(like|exists|is (not )?null|(not )?in \()/.test(list))
    .map((list) => `a comparison as a column: ${list}`)
}

type Columns = Map<string, { type: string; required: boolean }>

const COLUMN = /"(\w+)" (\w+(?:\([^)]*\))?)([^,"]*)/g
const columnsIn = (text: string): Columns =>
  new Map(
    [...text.matchAll(COLUMN)].map(([, name, type, rest]) => [
      name!,
      { type: type!, required: /not null/i.test(rest!) },
    ]),
  )

/**
 * Faults of a whole schema: keys longer than an index takes, texts without end in an index, and unique indexes over
 * columns that may be null, where SQL Server takes a second null for a duplicate.
 */
export function schemaFaults(statements: Statement[]): string[] {
  const tables = new Map<string, Columns>()
  const faults: string[] = []
  for (const { sql } of statements) {
    const [, created, body] = /^create table "(\w+)" \((.*)\)$/is.exec(sql) ?? []
    if (created) {
      tables.set(created, columnsIn(body!))
      const [, primary] = /"(\w+)" [^,"]*\bprimary key\b/i.exec(body!) ?? []
      const columns = tables.get(created)!
      if (primary) faults.push(...keyFaults(`primary key of ${created}`, columns, [primary], MAX_CLUSTERED_KEY_BYTES))
    }
    const [, altered, addition] = /^alter table "(\w+)" add (".*)$/is.exec(sql) ?? []
    if (altered) tables.set(altered, new Map([...(tables.get(altered) ?? []), ...columnsIn(addition!)]))
    faults.push(...indexFaults(sql, tables))
  }
  return faults
}

function indexFaults(sql: string, tables: Map<string, Columns>): string[] {
  const [, unique, index, table, list, rest] =
    /^create (unique )?index "(\w+)" on "(\w+)" \(([^)]*)\)(.*)$/is.exec(sql) ?? []
  if (!index) return []
  const keys = [...list!.matchAll(/"(\w+)"/g)].map(([, key]) => key!)
  const columns: Columns = tables.get(table!) ?? new Map()
  const faults = keyFaults(index, columns, keys, MAX_INDEX_KEY_BYTES)
  const nullable = keys.filter((key) => columns.get(key)?.required === false && !rest!.includes(`"${key}" is not null`))
  if (unique && nullable.length > 0) faults.push(`${index}: unique over ${nullable.join(', ')}, which may be null`)
  return faults
}

function keyFaults(index: string, columns: Columns, keys: string[], limit: number): string[] {
  const sizes = keys.map((key) => bytesOf(columns.get(key)?.type ?? ''))
  const unknown = keys.filter((_key, position) => Number.isNaN(sizes[position]))
  if (unknown.length > 0) return [`${index}: size of ${unknown.join(', ')} is not known`]
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return bytes > limit ? [`${index}: ${bytes} bytes of key, more than ${limit}`] : []
}

const FIXED_BYTES: Record<string, number> = {
  bit: 1,
  int: 4,
  integer: 4,
  bigint: 8,
  float: 8,
  datetime2: 8,
  'datetimeoffset(3)': 10,
}

function bytesOf(type: string): number {
  const [, kind, length] = /^(n?)(?:var)?char\((\d+|max)\)$/i.exec(type) ?? []
  if (length === 'max') return Number.POSITIVE_INFINITY
  if (length) return Number(length) * (kind ? 2 : 1)
  return FIXED_BYTES[type.toLowerCase()] ?? Number.NaN
}
