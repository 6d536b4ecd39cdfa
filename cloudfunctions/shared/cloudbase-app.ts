import tcb from '@cloudbase/node-sdk'

const TIMEOUT_MS = 10_000

/** CloudBase as the function itself may use it: in a cloud function the keys come with the environment. */
export function connectCloudbase() {
  const { CLOUDBASE_SERVICE_URL: serviceUrl } = process.env
  return tcb.init({ env: tcb.SYMBOL_CURRENT_ENV, timeout: TIMEOUT_MS, ...(serviceUrl ? { serviceUrl } : {}) })
}
