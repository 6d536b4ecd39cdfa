/** `POST /files` and `POST /homecare/evidence`: one stored file; the link expires. */
export interface StoredFile {
  file_id: string
  name: string
  size: number
  mime: string
  sha256: string
  url: string
}

/** A link without the address of a server that was told none of its own: whoever got the answer knows the way. */
export const withoutDefaultAddress = (url: string): string => url.replace(/^http:\/\/localhost(:\d+)?(?=\/)/, '')

/** A picture in an answer: the original and a small rendition of it. */
export interface FileLink {
  name: string
  url: string
}
