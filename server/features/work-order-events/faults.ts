/** What can be wrong with a chain. */
export type FaultKind =
  | 'removed'
  | 'other-key'
  | 'misplaced'
  | 'altered'
  | 'cut-off'
  | 'added'
  | 'not-the-last'
  | 'not-as-kept'
  | 'gone'
  | 'orphan'

/** One fault: `row` is the number of the event it shows at. */
export interface Flaw {
  kind: FaultKind
  row: number
  keyId?: string
}

const OPERATOR: Record<FaultKind, (flaw: Flaw) => string> = {
  removed: ({ row }) => `row ${row} was removed`,
  'other-key': ({ row, keyId }) => `row ${row} was signed with another key (${keyId})`,
  misplaced: ({ row }) => `row ${row} does not follow the row before it: inserted or reordered`,
  altered: ({ row }) => `row ${row} was altered`,
  'cut-off': ({ row }) => `row ${row} and all after it were cut off`,
  added: ({ row }) => `row ${row} was inserted at the end`,
  'not-the-last': ({ row }) => `row ${row} is not the one the work order ended with`,
  'not-as-kept': ({ row }) => `row ${row} is not the one kept in the daily heads`,
  gone: () => 'the work order and its events were removed',
  orphan: ({ row }) => `row ${row} belongs to no work order: inserted`,
}

const STAFF: Record<FaultKind, (flaw: Flaw) => string> = {
  removed: ({ row }) => `第 ${row} 条记录被删除`,
  'other-key': ({ row, keyId }) => `第 ${row} 条记录由另一把密钥签名（${keyId}）`,
  misplaced: ({ row }) => `第 ${row} 条记录与前一条不衔接：被插入或调换过顺序`,
  altered: ({ row }) => `第 ${row} 条记录被改动`,
  'cut-off': ({ row }) => `第 ${row} 条及之后的记录被截去`,
  added: ({ row }) => `末尾的第 ${row} 条记录是后来插入的`,
  'not-the-last': ({ row }) => `第 ${row} 条记录不是工单登记的最后一条`,
  'not-as-kept': ({ row }) => `第 ${row} 条记录与库外留存的链头不一致`,
  gone: () => '工单及其全部记录被删除',
  orphan: ({ row }) => `第 ${row} 条记录不属于任何工单：是插入的`,
}

/** For the log of whoever runs the check. */
export const toOperator = (flaw: Flaw): string => OPERATOR[flaw.kind](flaw)
/** For the console. */
export const toStaff = (flaw: Flaw): string => STAFF[flaw.kind](flaw)
