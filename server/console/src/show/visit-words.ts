import type { VisitFlag } from '@shared/api/homecare'

/** Why a visit is worth a second look. */
export const FLAG_WORDS: Record<VisitFlag, string> = {
  STALE_FIX: '定位过旧',
  IMPOSSIBLE_SPEED: '移动速度异常',
  REPEATED_COORDINATES: '坐标重复',
  COORDINATE_SYSTEM_SUSPECT: '坐标系可疑',
  EVIDENCE_REUSED: '照片重复使用',
  LATE_SYNC: '延迟上传',
}
