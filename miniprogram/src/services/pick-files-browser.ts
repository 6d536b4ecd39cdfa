import type { PickedFile } from './pick-files'

const picked = new Map<string, File>()

/** The file behind the object URL of an earlier choice; undefined after a reload. */
export const pickedFile = (path: string): File | undefined => picked.get(path)

/** Remembers a file under an object URL. */
export function keepPicked(file: File): string {
  const path = URL.createObjectURL(file)
  picked.set(path, file)
  return path
}

/** The browser's own file chooser: Taro's keeps neither names nor documents. */
export function pickInBrowser(options: { accept: string; count: number; camera?: boolean }): Promise<PickedFile[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = options.accept
  input.multiple = options.count > 1
  input.style.display = 'none'
  if (options.camera) input.setAttribute('capture', 'environment')
  document.body.appendChild(input)
  return new Promise((resolve) => {
    const finish = (files: File[]) => {
      input.remove()
      resolve(files.slice(0, options.count).map(toPicked))
    }
    input.onchange = () => finish(Array.from(input.files ?? []))
    input.oncancel = () => finish([])
    input.click()
  })
}

function toPicked(file: File): PickedFile {
  return {
    path: keepPicked(file),
    name: file.name,
    size: file.size,
    kind: file.type.startsWith('image/') ? 'image' : 'document',
  }
}
