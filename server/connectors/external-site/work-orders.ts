import { createHash } from 'node:crypto'
import { passes, type SiteProfile, valueAt } from './profile'

/** One order of a site's list in our words. */
export interface ExternalOrder {
  externalNo: string
  title: string | null
  content: string | null
  address: string | null
  contact: string | null
  phone: string | null
  status: string | null
  /** As the site writes it. */
  time: string | null
  /** The row as it came. */
  payload: unknown
  contentHash: string
}

export interface ListPage {
  /** Null where the site does not say it. */
  total: number | null
  orders: ExternalOrder[]
  /** Rows of the page, those without a number included. */
  rows: number
}

const MAX_NUMBER = 100
/** As much as the column holds. */
const MAX_TOTAL = 2 ** 31 - 1

export function listRequest({ list }: SiteProfile, at: { page: number; since: string | null }): Record<string, string> {
  return {
    ...list.params,
    [list.pageParam]: String(at.page),
    [list.sizeParam]: String(list.pageSize),
    ...(list.sinceParam && at.since ? { [list.sinceParam]: at.since } : {}),
  }
}

/** Null where the answer is not what the profile says. */
export function readList(json: unknown, { list }: SiteProfile): ListPage | null {
  const rows = valueAt(json, list.rowsPath)
  if (!passes(json, list.ok) || !Array.isArray(rows)) return null
  const said = Number(valueAt(json, list.totalPath))
  const orders = rows.flatMap((row) => toOrder(row, list.fields) ?? [])
  return { total: Number.isInteger(said) && said >= 0 ? Math.min(said, MAX_TOTAL) : null, orders, rows: rows.length }
}

export function readDetail(json: unknown, { detail }: SiteProfile): unknown {
  return passes(json, detail.ok) ? (valueAt(json, detail.dataPath) ?? undefined) : undefined
}

function toOrder(row: unknown, fields: SiteProfile['list']['fields']): ExternalOrder | null {
  const text = (path: string, max: number) => {
    const value = path ? valueAt(row, path) : undefined
    if (value === undefined || value === null || typeof value === 'object') return null
    return String(value).toWellFormed().replaceAll('\u0000', '').slice(0, max)
  }
  const externalNo = text(fields.externalNo, MAX_NUMBER)
  if (!externalNo) return null
  return {
    externalNo,
    title: text(fields.title, 500),
    content: text(fields.content, 20_000),
    address: text(fields.address, 500),
    contact: text(fields.contact, 100),
    phone: text(fields.phone, 50),
    status: text(fields.status, 100),
    time: text(fields.time, 50),
    payload: row,
    contentHash: createHash('sha256')
      .update(JSON.stringify(sorted(row)))
      .digest('hex'),
  }
}

/** The same content gives the same text, whatever order the site writes its fields in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
