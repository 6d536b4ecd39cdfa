import type { VisitView } from '@shared/api/homecare'
import { Drawer } from 'antd'
import { Link } from 'react-router-dom'
import { ChainCheck } from './chain-check'
import { Evidence, Flags, Signature, Times, Where } from './proof'
import { ReviewForm } from './review-form'
import { ReviewState } from './visit-words'

/** Everything by which a visit can be believed, and the decision about it. */
export function VisitDrawer({ visit, onClose }: { visit: VisitView; onClose: () => void }) {
  return (
    <Drawer
      open
      size={760}
      title={`${visit.worker_name} 第 ${visit.visit_no} 次到场`}
      extra={<ReviewState flags={visit.flags} review={visit.review} />}
      onClose={onClose}
    >
      <p>
        任务 <Link to={`/tasks/${visit.work_order_id}`}>{visit.task_id}</Link>
      </p>
      <Flags flags={visit.flags} />
      <Part title="位置">
        <Where visit={visit} />
      </Part>
      <Part title="时间与小结">
        <Times visit={visit} />
      </Part>
      <Part title={`现场照片（${visit.evidence.length}）`}>
        <Evidence files={visit.evidence} />
      </Part>
      <Part title="客户签名">
        <Signature text={visit.signature} />
      </Part>
      <Part title="记录核验">
        <ChainCheck workOrderId={visit.work_order_id} />
      </Part>
      {(visit.flags.length > 0 || visit.review) && (
        <Part title="审核">
          <ReviewForm visit={visit} onDone={onClose} />
        </Part>
      )}
    </Drawer>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="part">
      <h2 className="part__title">{title}</h2>
      {children}
    </section>
  )
}
