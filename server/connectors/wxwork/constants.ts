export const UPSTREAM = 'wxwork'

/** wxwork-gateway.md; spelled as the gateway spells them. */
export const WXWORK_ACTIONS = [
  'init',
  'SetCallbackUrl',
  'getQrCode',
  'CheckCode',
  'automaticLogin',
  'GetRunClient',
  'GetRunClientByUuid',
  'SendTextMsg',
  'GetInnerContacts',
  'GetExternalContacts',
  'LoginOut',
  'CloseConnent',
] as const
export type WxworkAction = (typeof WXWORK_ACTIONS)[number]

export const pathOf = (action: WxworkAction): string => `/wxwork/${action}`

/** Actions that change nothing when they are repeated. */
export const REPEATABLE: ReadonlySet<WxworkAction> = new Set<WxworkAction>([
  'SetCallbackUrl',
  'GetRunClient',
  'GetRunClientByUuid',
  'GetInnerContacts',
  'GetExternalContacts',
])

/** Said of a code when the phone has closed its page: the login must start over. */
export const PAGE_CLOSED = 'qrcode_not need verify'
export const DEFAULT_QR_SECONDS = 600
