import { useRef, useState } from 'react'
import { View } from '@tarojs/components'
import type { Evaluation, EvaluationRecord } from '@shared/api/tasks'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { NoticeBar } from '@/components/notice-bar'
import { Rating } from '@/components/rating'
import { Textarea } from '@/components/textarea'
import { ApiError } from '@/shared/api-error'
import { errorText, fieldErrors } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'
import { getEvaluation, submitEvaluation } from '@/services/tasks'
import { EVALUATE_TEXTS as T } from './texts'

interface EvaluationFormProps {
  id: string
  onGiven: (record: EvaluationRecord) => void
  /** The task is no longer to be evaluated: what is shown is out of date. */
  onGone: () => Promise<void>
}

const SCORES = [
  ['serviceAttitude', T.attitude],
  ['serviceQuality', T.quality],
  ['overallRating', T.overall],
] as const
type Score = (typeof SCORES)[number][0]

export function EvaluationForm(props: EvaluationFormProps) {
  const form = useEvaluation(props)
  return (
    <>
      <View className="evaluate-lead">{T.lead}</View>
      <Card>
        {SCORES.map(([name, label]) => (
          <Rating
            key={name}
            label={label}
            value={form.scores[name] ?? 0}
            error={form.tried ? T.pick : ''}
            onChange={(score) => form.rate(name, score)}
          />
        ))}
      </Card>
      <Card>
        <Textarea
          label={T.comment}
          value={form.comment}
          onChange={form.setComment}
          error={form.wrong.comment}
          maxLength={1000}
          placeholder={T.commentPlaceholder}
        />
      </Card>
      {form.failure ? <NoticeBar tone="danger" text={form.failure} /> : null}
      <Button block loading={form.busy} onClick={form.submit}>
        {T.submit}
      </Button>
    </>
  )
}

function useEvaluation({ id, onGiven, onGone }: EvaluationFormProps) {
  const [scores, setScores] = useState<Partial<Record<Score, number>>>({})
  const [comment, setComment] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const running = useRef(false)
  const sent = useRef({ text: '', key: '' })

  const send = async (evaluation: Evaluation) => {
    const text = JSON.stringify(evaluation)
    // The same content again is the same request; changed content is another one.
    if (sent.current.text !== text) sent.current = { text, key: randomKey() }
    setBusy(true)
    setFailure('')
    setWrong({})
    try {
      await submitEvaluation(id, evaluation, sent.current.key)
      onGiven(await getEvaluation(id))
    } catch (error) {
      setFailure(errorText(error))
      setWrong(fieldErrors(error))
      if (isGone(error)) await onGone()
    } finally {
      setBusy(false)
    }
  }

  const submit = () => {
    setTried(true)
    if (running.current || SCORES.some(([name]) => !scores[name])) return
    running.current = true
    const evaluation = { ...(scores as Record<Score, number>), comment: comment.trim() || null }
    void send(evaluation).finally(() => {
      running.current = false
    })
  }
  const rate = (name: Score, score: number) => setScores((before) => ({ ...before, [name]: score }))
  return { scores, rate, comment, setComment, tried, busy, failure, wrong, submit }
}

const isGone = (error: unknown) =>
  error instanceof ApiError && (error.code === 'ALREADY_EVALUATED' || error.code === 'TASK_NOT_EVALUABLE')
