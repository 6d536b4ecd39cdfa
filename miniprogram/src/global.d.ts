/// <reference types="@tarojs/taro" />

declare module '*.scss'
declare module '*.png' {
  const url: string
  export default url
}

declare namespace NodeJS {
  interface ProcessEnv {
    TARO_ENV: 'weapp' | 'h5'
    TARO_APP_API: string
    TARO_APP_DEMO: string
    TARO_APP_TEMPLATES: string
    TARO_APP_TRANSPORT: 'https' | 'cloud'
    TARO_APP_CLOUD_ENV: string
  }
}
