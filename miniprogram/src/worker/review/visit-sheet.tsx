import { useState } from 'react'
import Taro from '@tarojs/taro'
import type { VisitView } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { NoticeBar } from '@/components/notice-bar'
import { useAction } from '@/components/page/use-action'
import { Sheet } from '@/components/sheet'
import { Textarea } from '@/components/textarea'
import { formatRelativeDay } from '@/shared/format'
import { reviewVisit } from '@/services/dispatch'
import { REVIEW_TEXTS as T } from './texts'
import { VisitProof } from './visit-proof'

interface VisitSheetProps {
  visit: VisitView
  onClose: () => void
  onDecided: () => void
}

type Decision = 'confirm' | 'refuse'

/** Everything that speaks for and against a visit, and the decision. */
export function VisitSheet({ visit, onClose, onDecided }: VisitSheetProps) {
  const [comment, setComment] = useState('')
  const [mistake, setMistake] = useState('')
  const [last, setLast] = useState<Decision>('confirm')
  const action = useAction()
  const decide = async (decision: Decision) => {
    const missing = decision === 'refuse' && comment.trim() === '' ? T.commentNeeded : ''
    setMistake(missing)
    setLast(decision)
    if (missing) return
    const review = { decision, comment: comment.trim() }
    if (!(await action.run({ id: visit.id, ...review }, (key) => reviewVisit(visit.id, review, key)))) return
    void Taro.showToast({ title: decision === 'confirm' ? T.confirmed : T.refused, icon: 'success' })
    onDecided()
  }
  const button = (decision: Decision, label: string) => (
    <Button
      block
      variant={decision === 'confirm' ? 'primary' : 'danger'}
      loading={action.busy && last === decision}
      disabled={action.busy}
      onClick={() => void decide(decision)}
    >
      {label}
    </Button>
  )
  const footer = visit.review ? null : (
    <>
      {button('refuse', T.refuse)}
      {button('confirm', T.confirm)}
    </>
  )
  return (
    <Sheet open title={T.title} onClose={onClose} footer={footer}>
      <VisitProof visit={visit} />
      {visit.review ? (
        <Reviewed review={visit.review} />
      ) : (
        <Textarea
          label={T.comment}
          value={comment}
          hint={T.commentHint}
          placeholder={T.commentPlaceholder}
          error={mistake}
          onChange={(value) => {
            setComment(value)
            setMistake('')
          }}
        />
      )}
      {action.error ? <NoticeBar tone="danger" text={action.error} /> : null}
    </Sheet>
  )
}

function Reviewed({ review }: { review: NonNullable<VisitView['review']> }) {
  const word = review.decision === 'confirm' ? T.confirmed : T.refused
  const by = T.reviewedBy(review.reviewer, formatRelativeDay(review.reviewed_at))
  const text = [`${by}：${word}`, review.comment].filter((part) => part !== '').join('。')
  return <NoticeBar tone={review.decision === 'confirm' ? 'ok' : 'danger'} text={text} />
}
