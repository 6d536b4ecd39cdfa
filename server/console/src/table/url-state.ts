import type { Page } from '@shared/api/common'
import { useCallback, useEffect, useMemo } from 'react'
import { useSearchParams } from 'react-router-dom'

export const DEFAULT_SIZE = 20
export const PAGE_SIZES = [10, 20, 50, 100]

export interface ListState {
  page: number
  size: number
  /** The filters that have a value, by name. */
  filters: Record<string, string>
}

export const wholeNumber = (text: string | null | undefined, otherwise: number): number => {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : otherwise
}

/** What an address says of a list; a size nobody offers is the usual one, so that no list is asked for at once. */
export function readListState(params: URLSearchParams, names: readonly string[]): ListState {
  const size = wholeNumber(params.get('size'), DEFAULT_SIZE)
  const given = names.map((name) => [name, params.get(name) ?? ''] as const).filter(([, value]) => value !== '')
  return {
    page: wholeNumber(params.get('page'), 1),
    size: PAGE_SIZES.includes(size) ? size : DEFAULT_SIZE,
    filters: Object.fromEntries(given),
  }
}

/** The address with these changes; usual values are left out. A change of anything but the page starts at page 1. */
export function writeListState(
  params: URLSearchParams,
  changes: Record<string, string | number | undefined>,
): URLSearchParams {
  const next = new URLSearchParams(params)
  if (!('page' in changes)) next.delete('page')
  for (const [name, value] of Object.entries(changes)) {
    const isUsual = (name === 'page' && value === 1) || (name === 'size' && value === DEFAULT_SIZE)
    if (value === undefined || value === '' || isUsual) next.delete(name)
    else next.set(name, String(value))
  }
  return next
}

/** Page, size and filters of a list; they live in the address, so that a link and the way back show the same rows. */
export function useListState(names: readonly string[]) {
  const [params, setParams] = useSearchParams()
  const key = names.join()
  const state = useMemo(() => readListState(params, key.split(',')), [params, key])
  const change = useCallback(
    (changes: Record<string, string | number | undefined>) =>
      setParams((now) => writeListState(now, changes), { replace: true }),
    [setParams],
  )
  return [state, change] as const
}

/** A list can become shorter than the page that is looked at; then its last page is. */
export function useLastPage(answer: Page<unknown> | undefined, toPage: (page: number) => void) {
  const last = answer && answer.list.length === 0 && answer.current > answer.pages ? answer.pages : 0
  useEffect(() => {
    if (last > 0) toPage(last)
  })
}
