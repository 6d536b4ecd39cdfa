/** Address every request starts with; '' on the browser build means the page's own origin. */
export const SERVER_ADDRESS = process.env.TARO_APP_API

/** Makes a root-relative link of an answer (files, pictures) loadable; absolute ones pass unchanged. */
export function absoluteUrl(url: string): string {
  return url.startsWith('/') ? SERVER_ADDRESS + url : url
}
