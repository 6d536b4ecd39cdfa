/** Words of the components that pages share. */
export const COMPONENT_TEXTS = {
  cancelled: '已取消',
  nextStep: (label: string) => `下一步：${label}`,
  appointment: (time: string) => `预约 ${time}`,
  noWorker: '还没有工程师',
  worker: (name: string) => `工程师 ${name}`,
  workerToCome: '待安排工程师',
  open: '打开',
  opening: '正在打开',
  viewImage: (no: number) => `查看图片 ${no}`,
  clearSearch: '清除搜索内容',
  choose: '请选择',
  chooseDate: '选择日期',
  chooseTime: '时间',
  dateOf: (label: string) => `${label}：日期`,
  timeOf: (label: string) => `${label}：时间`,
} as const

export const RATING_TEXTS = {
  words: ['', '很不满意', '不满意', '一般', '满意', '非常满意'],
  score: (label: string, score: number) => `${label} ${score} 分`,
} as const

export const MAP_TEXTS = {
  me: '我',
  north: '北',
  site: '服务地点',
  radius: (distance: string) => `签到范围 ${distance}`,
  accuracy: (who: string, meters: number) => `${who} ±${Math.round(meters)} 米`,
  locating: '正在定位',
  inside: '当前位置在签到范围内',
  outside: '当前位置在签到范围外',
} as const

export const LOCATION_TEXTS = {
  refused: '没有位置权限，暂时无法定位',
  allowInBrowser: ['点按地址栏左侧的图标', '把“位置信息”改为“允许”', '回到这里点按“重新定位”'],
  allowInWechat: ['点按下方“打开设置”', '打开“位置信息”，选择“使用小程序时”', '返回后会自动开始定位'],
  unavailable: '暂时收不到定位信号',
  findSignal: ['确认手机的定位服务已打开', '走到窗边或室外', '稍等片刻，或点按“重新定位”'],
  stillRefused: '位置权限仍未打开',
  again: '重新定位',
  settings: '打开设置',
} as const

export const UPLOAD_TEXTS = {
  add: (label: string) => `添加${label}`,
  chooseDocuments: '选择 PDF、Word、Excel 文件',
  cameraRefused: '无法打开相机或相册，请在系统设置中允许',
  filesRefused: '无法打开文件，请重试',
  tooBig: (limit: string) => `文件超过 ${limit}`,
  retry: '重试',
  tapToRetry: (error: string) => `${error}，点按重试`,
  waitsForNetwork: '待网络',
  stored: '已上传',
  remove: (name: string) => `移除 ${name}`,
  cancel: (name: string) => `取消上传 ${name}`,
} as const

export const SIGNATURE_TEXTS = { hint: '请在此处签名', undo: '撤销', clear: '清除' } as const

export const STAFF_TEXTS = {
  orders: '工单',
  queue: '待发送',
  dispatch: '派单',
  workers: '工程师',
  review: '审核',
  me: '我的',
  withCount: (label: string, count: number) => `${label}，${count} 条`,
  inactive: '账号已停用',
  noPhone: '没有登记电话',
  load: (count: number) => (count === 0 ? '空闲' : `在办 ${count} 单`),
} as const

export const QUEUE_BAR_TEXTS = {
  offline: '当前没有网络，记录会先保存在手机上',
  refused: (count: number) => `${count} 条记录未被接受，点按查看原因`,
  sending: (count: number) => `正在发送 ${count} 条记录`,
  waiting: (count: number) => `${count} 条记录已保存在手机上，等待发送`,
  waitingOffline: (count: number) => `${count} 条记录已保存在手机上，有网络后自动发送`,
} as const
