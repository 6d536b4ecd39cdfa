const isBrowser = process.env.TARO_ENV === 'h5'

// WeChat resolves @names through theme.json; the browser build takes the light value and restyles it by CSS.
const themed = (name: string, light: string) => (isBrowser ? light : `@${name}`)

export default defineAppConfig({
  pages: [
    'pages/home/index',
    'pages/tasks/index',
    'pages/profile/index',
    'pages/submit/index',
    'pages/submitted/index',
    'pages/task/index',
    'pages/evaluate/index',
    'pages/notices/index',
    'pages/privacy/index',
  ],
  subPackages: [
    {
      root: 'worker',
      name: 'worker',
      pages: [
        'login/index',
        'orders/index',
        'order/index',
        'checkin/index',
        'steps/index',
        'checkout/index',
        'queue/index',
        'me/index',
        'dispatch/index',
        'workers/index',
        'assign/index',
        'review/index',
      ],
    },
  ],
  window: {
    navigationBarTitleText: '研仪联',
    // Browsers draw a bar with a way back only when it is asked for.
    navigationStyle: 'default',
    navigationBarBackgroundColor: themed('navBackground', '#0b4f59'),
    navigationBarTextStyle: themed('navText', 'white'),
    backgroundColor: themed('pageBackground', '#f2f6f6'),
    backgroundTextStyle: themed('pageText', 'dark') as 'dark',
  },
  tabBar: {
    color: themed('tabText', '#56696e'),
    selectedColor: themed('tabActive', '#0b5a63'),
    backgroundColor: themed('tabBackground', '#ffffff'),
    borderStyle: themed('tabBorder', 'black') as 'black',
    list: [
      {
        pagePath: 'pages/home/index',
        text: '首页',
        iconPath: 'assets/tab-home.png',
        selectedIconPath: 'assets/tab-home-active.png',
      },
      {
        pagePath: 'pages/tasks/index',
        text: '任务',
        iconPath: 'assets/tab-tasks.png',
        selectedIconPath: 'assets/tab-tasks-active.png',
      },
      {
        pagePath: 'pages/profile/index',
        text: '我的',
        iconPath: 'assets/tab-profile.png',
        selectedIconPath: 'assets/tab-profile-active.png',
      },
    ],
  },
  darkmode: true,
  themeLocation: 'theme.json',
  lazyCodeLoading: 'requiredComponents',
  requiredPrivateInfos: ['getLocation', 'startLocationUpdate', 'onLocationChange', 'chooseLocation'],
  permission: {
    'scope.userLocation': { desc: '用于选择服务地址，以及工程师到达现场时核对签到位置' },
  },
  __usePrivacyCheck__: true,
})
