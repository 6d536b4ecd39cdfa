/** True in the browser build; WeChat otherwise. */
export const IS_BROWSER = process.env.TARO_ENV === 'h5'

/** True where the sandbox login may stand in for WeChat's (browser build of a development or demo server). */
export const IS_DEMO = process.env.TARO_APP_DEMO === 'true'
