import Taro from '@tarojs/taro'
import type { CustomerProfile } from '@shared/api/customers'
import type { WorkOrderDetail } from '@shared/api/homecare'
import type { StaffLogin } from '@shared/api/staff'
import type { QueueEntry } from '@/shared/queue-entry'
import type { SubmitDraft } from '@/shared/submit-draft'

/**
 * Everything kept on the phone. A key's version goes up when its shape changes: older values are then dropped
 * instead of misread. The scope says who takes it along: logging out clears the person's scope, `device` stays.
 */
export interface StorageShape {
  consent: { agreedAt: string; version: number }
  demoCode: string
  customerToken: string
  customerProfile: CustomerProfile
  customerLoggedOut: boolean
  submitDraft: SubmitDraft
  staffLogin: StaffLogin
}
export type StorageKey = keyof StorageShape
export type StorageScope = 'device' | 'customer' | 'staff'

/** What there are many of: each stands under a key of its own, because WeChat takes at most 1 MB under one. */
export interface CollectionShape {
  queue: QueueEntry
  orderCopy: { order: WorkOrderDetail; seenAt: string }
}
export type CollectionKey = keyof CollectionShape

const KEYS: Record<StorageKey, { version: number; scope: StorageScope }> = {
  consent: { version: 1, scope: 'device' },
  demoCode: { version: 1, scope: 'device' },
  customerToken: { version: 1, scope: 'customer' },
  customerProfile: { version: 1, scope: 'customer' },
  customerLoggedOut: { version: 1, scope: 'device' },
  submitDraft: { version: 1, scope: 'customer' },
  staffLogin: { version: 1, scope: 'staff' },
}

const COLLECTIONS: Record<CollectionKey, { version: number; scope: StorageScope }> = {
  queue: { version: 1, scope: 'staff' },
  orderCopy: { version: 1, scope: 'staff' },
}

const nameOf = (key: StorageKey) => `yyl.${key}.v${KEYS[key].version}`

const prefixOf = (key: CollectionKey) => `yyl.${key}.v${COLLECTIONS[key].version}.`

function read<T>(name: string): T | null {
  try {
    const text: unknown = Taro.getStorageSync(name)
    return typeof text === 'string' && text !== '' ? (JSON.parse(text) as T) : null
  } catch {
    return null
  }
}

/** The kept value, or null when there is none or it cannot be read. */
export const readStored = <K extends StorageKey>(key: K): StorageShape[K] | null => read(nameOf(key))

/** Keeps a value across restarts; throws when the phone's storage is full. */
export function writeStored<K extends StorageKey>(key: K, value: StorageShape[K]): void {
  Taro.setStorageSync(nameOf(key), JSON.stringify(value))
}

export function removeStored(key: StorageKey): void {
  Taro.removeStorageSync(nameOf(key))
}

const namesOf = (key: CollectionKey) => Taro.getStorageInfoSync().keys.filter((name) => name.startsWith(prefixOf(key)))

/** Every readable member of a collection, in no particular order. */
export function readMembers<K extends CollectionKey>(key: K): CollectionShape[K][] {
  return namesOf(key).flatMap((name) => read<CollectionShape[K]>(name) ?? [])
}

export const readMember = <K extends CollectionKey>(key: K, id: string | number): CollectionShape[K] | null =>
  read(prefixOf(key) + id)

/** Writes one member as a whole; throws when the phone's storage is full. */
export function writeMember<K extends CollectionKey>(key: K, id: string | number, value: CollectionShape[K]): void {
  Taro.setStorageSync(prefixOf(key) + id, JSON.stringify(value))
}

export function removeMember(key: CollectionKey, id: string | number): void {
  Taro.removeStorageSync(prefixOf(key) + id)
}

/** Forgets everything of one person on this phone. */
export function clearScope(scope: StorageScope): void {
  for (const key of Object.keys(KEYS) as StorageKey[]) {
    if (KEYS[key].scope === scope) removeStored(key)
  }
  for (const key of Object.keys(COLLECTIONS) as CollectionKey[]) {
    if (COLLECTIONS[key].scope === scope) namesOf(key).forEach((name) => Taro.removeStorageSync(name))
  }
}
