export const UPSTREAM = 'ngs'

/** ngs-work-orders.md; the last three came with later versions. */
export const NGS_OPERATIONS = ['save', 'send', 'close', 'failedClose', 'reminder', 'back', 'revoke'] as const
export type NgsOperation = (typeof NGS_OPERATIONS)[number]

export const pathOf = (operation: NgsOperation): string => `/ngs/wo/${operation}`

/** Headers as the document spells them: a login's token, or who acts for a caller on ngs's white list. */
export const IDENTITY_HEADERS = ['token', 'ds', 'epid', 'staffId', 'groupId'] as const
export const POOL_HEADER = 'dbPool'
export const NGS_HEADERS = [...IDENTITY_HEADERS, POOL_HEADER] as const
export type NgsHeaders = Partial<Record<(typeof NGS_HEADERS)[number], string>>
