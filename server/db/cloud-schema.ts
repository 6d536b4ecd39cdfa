/** Nonces of signed cloud calls, each taken once. */
export interface CloudNonceTable {
  nonce: string
  create_time: Date
}

/** What is kept in cloud storage, which cannot be listed. */
export interface CloudObjectTable {
  storage_key: string
  /** Null while the upload is under way. */
  file_id: string | null
  size: number | null
  written_at: Date
}

export type CloudMessageState = 'PENDING' | 'SENDING' | 'SENT' | 'FAILED' | 'UNKNOWN'

/** Subscribe messages that the function `notify` sends. */
export interface CloudMessageTable {
  id: string
  /** JSON of what WeChat is told. */
  payload: string
  state: CloudMessageState
  error: string | null
  create_time: Date
  update_time: Date
}

export interface CloudSchema {
  cloud_nonce: CloudNonceTable
  cloud_object: CloudObjectTable
  cloud_message: CloudMessageTable
}
