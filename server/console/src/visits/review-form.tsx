import type { VisitView } from '@shared/api/homecare'
import { Alert, Button, Form, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'
import { timeText } from '../show/format'

/** Confirm or refuse, once; afterwards who decided what. */
export function ReviewForm({ visit, onDone }: { visit: VisitView; onDone: () => void }) {
  const [comment, setComment] = useState('')
  const { act, running } = useAct({ done: '审核结论已保存', onDone })
  const decide = (decision: 'confirm' | 'refuse') =>
    act({ path: `/homecare/visits/${visit.id}/review`, body: { decision, comment: comment.trim() || undefined } })
  if (visit.review) {
    const { decision, comment: said, reviewer, reviewed_at } = visit.review
    return (
      <Alert
        type={decision === 'confirm' ? 'success' : 'error'}
        showIcon
        title={`${reviewer} 于 ${timeText(reviewed_at)} ${decision === 'confirm' ? '确认' : '不认可'}了这次签到`}
        description={said || undefined}
      />
    )
  }
  return (
    <Form layout="vertical">
      <Form.Item label="审核意见（不认可时必填）" htmlFor="review-comment">
        <Input.TextArea
          id="review-comment"
          value={comment}
          maxLength={500}
          showCount
          rows={3}
          onChange={(event) => setComment(event.target.value)}
        />
      </Form.Item>
      <div className="form-acts">
        <Button type="primary" loading={running} onClick={() => decide('confirm')}>
          确认签到
        </Button>
        <Popconfirm
          title="不认可这次签到？"
          description="服务人员会收到通知，结论不能更改"
          okText="不认可"
          okButtonProps={{ danger: true }}
          disabled={!comment.trim()}
          onConfirm={() => decide('refuse')}
        >
          <Button danger disabled={!comment.trim() || running}>
            不认可
          </Button>
        </Popconfirm>
      </div>
    </Form>
  )
}
