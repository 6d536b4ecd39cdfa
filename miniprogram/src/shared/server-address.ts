import { withoutDefaultAddress } from '@shared/api/files'

/** Address every request starts with; '' on the browser build means the page's own origin. */
export const SERVER_ADDRESS = process.env.TARO_APP_API

/** Makes a link of an answer (files, pictures) loadable; one with an address of its own passes unchanged. */
export function absoluteUrl(link: string): string {
  const url = withoutDefaultAddress(link)
  return url.startsWith('/') ? SERVER_ADDRESS + url : url
}
