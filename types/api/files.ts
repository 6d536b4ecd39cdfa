/** `POST /files` and `POST /homecare/evidence`: one stored file; the link expires. */
export interface StoredFile {
  file_id: string
  name: string
  size: number
  mime: string
  sha256: string
  url: string
}

/** A picture in an answer: the original and a small rendition of it. */
export interface FileLink {
  name: string
  url: string
}
