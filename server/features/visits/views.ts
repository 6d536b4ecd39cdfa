import type { AccuracyDecision, VisitFlag, VisitView } from '../../../types/api/homecare'
import type { TimeText } from '../../time'
import type { FileVariant } from '../files/links'
import type { FileRow } from '../files/repository'
import type { VisitListRow } from './repository'

/** How links and times are written. */
interface Writing {
  link: (id: string, variant?: FileVariant) => string
  time: TimeText
}

/** A visit as staff see it; positions GCJ02. */
export function toVisitView(row: VisitListRow, evidence: FileRow[], writing: Writing): VisitView {
  const { time } = writing
  return {
    id: row.id,
    work_order_id: row.work_order_id,
    task_id: row.task_id,
    visit_no: row.visit_no,
    worker_id: row.worker_id,
    worker_name: row.worker_name ?? '',
    status: row.status,
    checkin_at: time(row.checkin_at),
    checkout_at: row.checkout_at && time(row.checkout_at),
    captured_at: row.captured_at && time(row.captured_at),
    received_at: time(row.received_at),
    latitude: row.latitude,
    longitude: row.longitude,
    accuracy_meters: row.accuracy_meters,
    distance_meters: row.distance_meters,
    radius_meters: row.radius_meters,
    radius_scope: row.radius_scope,
    decision: row.decision as AccuracyDecision | null,
    flags: JSON.parse(row.flags) as VisitFlag[],
    signature: row.signature,
    summary: row.summary ?? '',
    evidence: evidence.filter((file) => file.visit_id === row.id).map((file) => toEvidence(file, writing)),
    review: toReview(row, time),
    service_latitude: row.service_latitude,
    service_longitude: row.service_longitude,
  }
}

function toReview(row: VisitListRow, time: TimeText): VisitView['review'] {
  if (!row.reviewed_at || !row.review_decision) return null
  return {
    decision: row.review_decision,
    comment: row.review_comment ?? '',
    reviewer: row.reviewer_name ?? '',
    reviewed_at: time(row.reviewed_at),
  }
}

function toEvidence(file: FileRow, { link, time }: Writing): VisitView['evidence'][number] {
  return {
    file_id: file.id,
    name: file.original_name,
    sha256: file.sha256,
    url: link(file.id),
    stamped_url: link(file.id, 'stamped'),
    thumbnail_url: link(file.id, 'thumbnail'),
    captured_at: file.captured_at && time(file.captured_at),
  }
}
