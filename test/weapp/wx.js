// The `wx` object of the stand-in runtime: only what the app may use; anything else is undefined, as on an old phone.
const answer =
  (result) =>
  (option = {}) => {
    setTimeout(() => {
      option.success?.(result)
      option.complete?.(result)
    }, 0)
  }

const SYSTEM = {
  platform: 'devtools',
  SDKVersion: '3.6.0',
  pixelRatio: 2,
  windowWidth: 375,
  windowHeight: 667,
  screenWidth: 375,
}

/** A canvas node that draws nowhere and exports a tiny picture. */
function canvasNode() {
  const pen = new Proxy(
    {},
    {
      get: (target, key) => target[key] ?? (() => undefined),
      set: (target, key, value) => ((target[key] = value), true),
    },
  )
  return { width: 0, height: 0, getContext: () => pen, toDataURL: () => 'data:image/png;base64,iVBORw0KGgo=' }
}

function selectorQuery() {
  const results = []
  const query = {
    in: () => query,
    select: () => ({
      fields: () => (results.push({ node: canvasNode() }), query),
      boundingClientRect: () => (results.push({ left: 0, top: 0, width: 320, height: 180 }), query),
    }),
    exec: (done) => setTimeout(() => done(results), 0),
  }
  return query
}

/** `calls` collects `[name, option]` of every call; `storage` and `navigation` show what the app did. */
function createWx(calls, overrides) {
  const storage = new Map()
  const navigation = []
  const go = (kind) => (option) => {
    navigation.push({ kind, url: option.url })
    answer({ errMsg: `${kind}:ok` })(option)
  }
  const base = {
    getSystemInfoSync: () => SYSTEM,
    getWindowInfo: () => SYSTEM,
    getAppBaseInfo: () => ({ SDKVersion: '3.6.0', fontSizeSetting: 16 }),
    getDeviceInfo: () => ({ platform: 'devtools' }),
    getLaunchOptionsSync: () => ({ path: '', query: {}, scene: 1001 }),
    getEnterOptionsSync: () => ({ path: '', query: {}, scene: 1001 }),
    nextTick: (work) => setTimeout(work, 0),
    canIUse: () => true,
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    navigateTo: go('navigateTo'),
    redirectTo: go('redirectTo'),
    switchTab: go('switchTab'),
    reLaunch: go('reLaunch'),
    navigateBack: (option = {}) => go('navigateBack')({ ...option, url: '' }),
    login: answer({ code: 'demo-weapp-host' }),
    getLocation: answer({ latitude: 39.9042, longitude: 116.4074, accuracy: 9 }),
    startLocationUpdate: answer({}),
    stopLocationUpdate: answer({}),
    onLocationChange: () => undefined,
    offLocationChange: () => undefined,
    getNetworkType: answer({ networkType: 'wifi' }),
    onNetworkStatusChange: () => undefined,
    offNetworkStatusChange: () => undefined,
    createSelectorQuery: selectorQuery,
    compressImage: (option) => answer({ tempFilePath: option.src })(option),
    requestSubscribeMessage: answer({}),
    stopPullDownRefresh: answer({}),
    showToast: answer({}),
    setNavigationBarTitle: answer({}),
    previewImage: answer({}),
    makePhoneCall: answer({}),
    onNeedPrivacyAuthorization: () => undefined,
    onAppShow: () => undefined,
    onUnhandledRejection: () => undefined,
    onError: () => undefined,
    ...overrides,
  }
  const recorded =
    (name) =>
    (...args) => {
      calls.push([name, args[0]])
      return base[name](...args)
    }
  const wx = new Proxy(base, {
    get: (target, key) =>
      typeof target[key] === 'function' && Object.hasOwn(target, key) ? recorded(key) : target[key],
  })
  return { wx, storage, navigation }
}

module.exports = { createWx }
