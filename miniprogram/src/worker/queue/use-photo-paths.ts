import { useEffect, useState } from 'react'
import type { QueuedPhoto } from '@/shared/queue-entry'
import { openPhoto } from '@/services/photo-store'

/** Paths of kept photos as an image can show them; those that are gone are left out. */
export function usePhotoPaths(photos: QueuedPhoto[]): string[] {
  const refs = photos.map(({ ref }) => ref).join('\n')
  const [paths, setPaths] = useState<string[]>([])
  useEffect(() => {
    let open = true
    const wanted = refs === '' ? [] : refs.split('\n')
    Promise.all(wanted.map((ref) => openPhoto(ref).catch(() => null)))
      .then((found) => {
        if (open) setPaths(found.filter((path) => path !== null))
      })
      .catch(() => undefined)
    return () => {
      open = false
    }
  }, [refs])
  return paths
}
