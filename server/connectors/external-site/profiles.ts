import type { SiteProfile } from './profile'

export interface SiteEndpoint {
  name: string
  /** Path below the base address; `{id}` in it stands for the order's number. */
  endpoint: string
  http_method: string
  require_auth: boolean
  description: string | null
}

export const PROFILE_NAMES = ['classic-cookie', 'ruoyi'] as const
export type ProfileName = (typeof PROFILE_NAMES)[number]

const SAYS: SiteProfile['login']['says'] = {
  warned: ['将被锁定', '将锁定', '会被锁定', '还可', '还剩', '还有', '剩余', '再输错'],
  locked: ['锁定', '冻结', 'locked'],
  captcha: ['验证码', '校验码', 'captcha', 'verification code'],
  password: ['密码', '用户', '账号', '帐号', '账户', '停用', 'password', 'username', 'credential'],
  busy: ['繁忙', '稍后', '维护', '频繁', 'busy', 'try again later'],
}

const LOGGED_OUT = { status: [401], location: ['login', 'signin'], text: ['登录', '登陆', 'login', 'type="password"'] }
const FIELDS = {
  externalNo: 'id',
  title: 'title',
  content: 'content',
  address: 'address',
  contact: 'contact',
  phone: 'phone',
  status: 'status',
  time: 'create_time',
}

/** An image and a session cookie; a form; JSON with `code` 0 where all is well. */
const classicCookie: SiteProfile = {
  captcha: {
    form: 'image',
    kind: 'characters',
    length: 4,
    imagePath: '',
    idPath: '',
    enabledPath: '',
    lifetimeSeconds: 300,
  },
  login: {
    body: 'form',
    fields: { username: 'username', password: 'password', captcha: 'captcha', captchaId: '' },
    extra: {},
    password: 'plain',
    publicKey: '',
    publicKeyPath: '',
    success: { status: [200], json: { path: 'code', equals: [0] } },
    messagePath: 'msg',
    says: SAYS,
  },
  credential: { kind: 'cookies', tokenPath: '', header: '', prefix: '', lifetimeSeconds: null },
  lockout: { minutes: 10, counts: 'password' },
  alive: { status: [200], json: null },
  loggedOut: { ...LOGGED_OUT, json: { path: 'code', equals: [401] } },
  list: {
    pageParam: 'page',
    sizeParam: 'size',
    pageSize: 100,
    params: {},
    ok: { path: 'code', equals: [0] },
    rowsPath: 'rows',
    totalPath: 'total',
    sinceParam: '',
    fields: FIELDS,
  },
  detail: { idParam: 'id', ok: { path: 'code', equals: [0] }, dataPath: 'data' },
}

/** RuoYi-Vue: a sum in JSON, a token as bearer; failures come with HTTP 200 and their code in the body. */
const ruoyi: SiteProfile = {
  ...classicCookie,
  captcha: {
    ...classicCookie.captcha,
    form: 'json',
    kind: 'arithmetic',
    imagePath: 'img',
    idPath: 'uuid',
    enabledPath: 'captchaEnabled',
    lifetimeSeconds: 120,
  },
  login: {
    ...classicCookie.login,
    body: 'json',
    fields: { username: 'username', password: 'password', captcha: 'code', captchaId: 'uuid' },
    success: { status: [200], json: { path: 'code', equals: [200] } },
  },
  credential: { kind: 'token', tokenPath: 'token', header: 'Authorization', prefix: 'Bearer ', lifetimeSeconds: null },
  alive: { status: [200], json: { path: 'code', equals: [200] } },
  list: { ...classicCookie.list, pageParam: 'pageNum', sizeParam: 'pageSize', ok: { path: 'code', equals: [200] } },
  detail: { ...classicCookie.detail, ok: { path: 'code', equals: [200] } },
}

export const PROFILES: Record<ProfileName, SiteProfile> = { 'classic-cookie': classicCookie, ruoyi }

const get = (name: string, endpoint: string, require_auth: boolean, description: string): SiteEndpoint => ({
  name,
  endpoint,
  http_method: 'GET',
  require_auth,
  description,
})
const post = (name: string, endpoint: string, require_auth: boolean, description: string): SiteEndpoint => ({
  ...get(name, endpoint, require_auth, description),
  http_method: 'POST',
})
const ORDERS = [
  get('workorder_list', '/workorder/list', true, '工单列表'),
  get('workorder_detail', '/workorder/detail', true, '工单详情'),
]

export const CATALOGUES: Record<ProfileName, SiteEndpoint[]> = {
  'classic-cookie': [
    get('captcha', '/captcha', false, '获取验证码'),
    post('login', '/login', false, '登录'),
    get('check_status', '/user/info', true, '检查登录状态'),
    ...ORDERS,
    post('logout', '/logout', true, '退出登录'),
  ],
  ruoyi: [
    get('captcha', '/captchaImage', false, '获取验证码'),
    post('login', '/login', false, '登录'),
    get('check_status', '/getInfo', true, '检查登录状态'),
    ...ORDERS,
    post('logout', '/logout', true, '退出登录'),
  ],
}

/** What changes nothing at the site, by whatever method it is asked for. */
export const READING_ENDPOINTS = ['check_status', 'workorder_list', 'workorder_detail'] as const
/** What belongs to a login and means nothing outside of one. */
const LOGIN_ENDPOINTS = ['captcha', 'login', 'public_key', 'logout']

/** Whether asking this endpoint once more does no harm. */
export const isReading = ({ name, http_method }: Pick<SiteEndpoint, 'name' | 'http_method'>): boolean =>
  (READING_ENDPOINTS as readonly string[]).includes(name) || (http_method === 'GET' && !LOGIN_ENDPOINTS.includes(name))

/** Without these a system cannot be kept logged in or read. */
export const NEEDED_ENDPOINTS = ['login', 'check_status', 'workorder_list'] as const
