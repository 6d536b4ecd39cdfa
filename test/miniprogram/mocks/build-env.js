// What the build writes into the bundle. Tests run as WeChat; a file that needs the browser build sets
// process.env.TARO_ENV = 'h5' before it requires a module.
process.env.TARO_ENV = 'weapp'
process.env.TARO_APP_API = 'https://api.test'
process.env.TARO_APP_DEMO = 'true'
process.env.TARO_APP_TEMPLATES = 'template-1,template-2'
process.env.TARO_APP_TRANSPORT = 'https'
process.env.TARO_APP_CLOUD_ENV = ''
