/**
 * Gives flat form fields their shape: `device.name`, `device[name]` and nested objects mean the same, and
 * `file_ids`, `file_ids[]`, `file_ids[0]` are lists. Later spellings win over earlier ones.
 */
export function expandFields(fields: Record<string, unknown>, lists: readonly string[] = []): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const keys = name.split(/[.[\]]+/).filter((key) => key !== '')
    if (keys.length === 0 || keys.length > MAX_DEPTH || keys.some((key) => FORBIDDEN.has(key))) continue
    const [list] = keys
    if (list && lists.includes(list)) result[list] = [...((result[list] as unknown[]) ?? []), ...itemsOf(value)]
    else place(result, keys, value)
  }
  return result
}

/** Deeper than any field of ours; a megabyte of dots is not walked. */
const MAX_DEPTH = 4
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `wx.uploadFile` sends only text, so a list may come as JSON text; none at all is an empty one. */
function itemsOf(value: unknown): unknown[] {
  if (value === null || value === '') return []
  if (typeof value !== 'string' || !value.trim().startsWith('[')) return [value].flat()
  try {
    return [JSON.parse(value)].flat()
  } catch {
    return [value]
  }
}

function place(target: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (key === undefined) return
  const present = Object.hasOwn(target, key) ? target[key] : undefined
  if (rest.length === 0) {
    target[key] = isPlain(present) && isPlain(value) ? { ...present, ...value } : value
    return
  }
  const child = isPlain(present) ? present : {}
  target[key] = child
  place(child, rest, value)
}

/** A form knows only text: turns the named paths into numbers where the text is one. */
export function numbersFromText(body: Record<string, unknown>, paths: readonly string[]): void {
  for (const path of paths) {
    const names = path.split('.')
    const name = names.pop()!
    const holder = names.length === 0 ? body : body[names[0]!]
    if (!isPlain(holder)) continue
    const value = holder[name]
    if (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value.trim())) holder[name] = Number(value)
    else if (value === '') delete holder[name]
  }
}
