import { hasBrowser } from './browser'

/** The suite where there is a browser; where there is none the run says so once, before the tests. */
export const describeInBrowser = hasBrowser ? describe : describe.skip
