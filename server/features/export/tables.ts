import type { AdminEvaluationRow, AdminTaskRow } from '../../../types/api/admin'
import type { VisitFlag } from '../../../types/api/homecare'
import { TASK_TYPE_RULES, type TaskStatus } from '../../../types/task-types'
import { shanghaiTime } from '../../time'
import type { VisitExportRow } from '../visits/repository'

type Cell = string | number
/** Columns of a sheet in their order: what stands above, and what a row has there. */
export type Columns<Row> = Record<string, (row: Row) => Cell>

const time = (value: Date | null) => (value === null ? '' : shanghaiTime(value))

const STATUS: Record<TaskStatus, string> = { open: '进行中', cancelled: '已取消', closed: '已结束' }
const ASSIGNMENT: Record<NonNullable<AdminTaskRow['assignment_status']>, string> = {
  ASSIGNED: '待接单',
  ACCEPTED: '已接单',
  REJECTED: '已退回',
  CANCELLED: '已取消',
  COMPLETED: '已完成',
}
const VISIT: Record<AdminTaskRow['visit_state'], string> = {
  NONE: '未到场',
  CHECKED_IN: '已签到',
  CHECKED_OUT: '已签退',
}
const ORIGIN: Record<AdminTaskRow['origin'], string> = { miniprogram: '小程序', external: '外部系统', admin: '后台' }
const DECISION: Record<string, string> = { INSIDE: '范围内', OUTSIDE: '范围外', UNCERTAIN: '不确定' }
const FLAG: Record<VisitFlag, string> = {
  STALE_FIX: '定位过旧',
  IMPOSSIBLE_SPEED: '移动速度异常',
  REPEATED_COORDINATES: '坐标与往日完全相同',
  COORDINATE_SYSTEM_SUSPECT: '坐标系可疑',
  EVIDENCE_REUSED: '照片重复使用',
  LATE_SYNC: '延迟上传',
}

export const TASK_COLUMNS: Columns<AdminTaskRow> = {
  任务编号: (row) => row.task_id,
  服务类型: (row) => TASK_TYPE_RULES[row.task_type].label,
  状态: (row) => STATUS[row.status],
  当前步骤: (row) => row.step_label,
  仪器: (row) => row.device_name,
  描述: (row) => row.description,
  客户单位: (row) => row.customer_company,
  联系人: (row) => row.customer_name,
  联系电话: (row) => row.customer_phone,
  服务地址: (row) => row.customer_address,
  服务人员: (row) => row.worker_name,
  派单状态: (row) => (row.assignment_status ? ASSIGNMENT[row.assignment_status] : '未派单'),
  到场状态: (row) => VISIT[row.visit_state],
  预约时间: (row) => row.appointment_time ?? '',
  来源: (row) => ORIGIN[row.origin],
  提交时间: (row) => row.create_time,
  更新时间: (row) => row.update_time,
}

export const VISIT_COLUMNS: Columns<VisitExportRow> = {
  任务编号: (row) => row.task_id,
  第几次到场: (row) => row.visit_no,
  客户单位: (row) => row.customer_company,
  服务人员: (row) => row.worker_name ?? '',
  状态: (row) => VISIT[row.status],
  签到时间: (row) => time(row.checkin_at),
  签退时间: (row) => time(row.checkout_at),
  '距离（米）': (row) => row.distance_meters,
  '允许半径（米）': (row) => row.radius_meters,
  '定位精度（米）': (row) => row.accuracy_meters ?? '',
  位置判定: (row) => (row.decision ? (DECISION[row.decision] ?? row.decision) : ''),
  疑点: (row) => (JSON.parse(row.flags) as VisitFlag[]).map((flag) => FLAG[flag] ?? flag).join('；'),
  审核结论: (row) => (row.review_decision === null ? '' : row.review_decision === 'confirm' ? '确认' : '判定无效'),
  审核意见: (row) => row.review_comment ?? '',
  审核人: (row) => row.reviewer_name ?? '',
  审核时间: (row) => time(row.reviewed_at),
  服务小结: (row) => row.summary ?? '',
}

export const EVALUATION_COLUMNS: Columns<AdminEvaluationRow> = {
  任务编号: (row) => row.task_id,
  客户单位: (row) => row.customer_company,
  服务人员: (row) => row.worker_name,
  服务态度: (row) => row.serviceAttitude,
  服务质量: (row) => row.serviceQuality,
  总体评价: (row) => row.overallRating,
  评价内容: (row) => row.comment,
  评价时间: (row) => row.create_time,
}
