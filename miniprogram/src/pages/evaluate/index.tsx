import { View } from '@tarojs/components'
import Taro, { useRouter } from '@tarojs/taro'
import type { EvaluationRecord, TaskDetail } from '@shared/api/tasks'
import { STEP, TASK_TYPE_RULES } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Headline } from '@/components/headline'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { Rating } from '@/components/rating'
import { formatDateTime } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { getEvaluation, getTask } from '@/services/tasks'
import { EvaluationForm } from './evaluation-form'
import { EVALUATE_TEXTS as T } from './texts'
import './index.scss'

interface Loaded {
  task: TaskDetail
  /** What was given before; null while it can still be given, or not yet. */
  given: EvaluationRecord | null
}

async function load(id: string): Promise<Loaded> {
  const task = await getTask(id)
  return { task, given: task.current_step === STEP.evaluated ? await getEvaluation(id) : null }
}

export default function EvaluatePage() {
  const id = decodeURIComponent(useRouter().params.id ?? '')
  const loaded = useResource(() => load(id), { key: id })
  const toTask = () => void Taro.redirectTo({ url: ROUTES.task(id) })
  return (
    <Page
      resource={loaded}
      skeleton="form"
      isEmpty={({ task, given }) => !given && !task.can_evaluate}
      empty={{ icon: 'star', title: T.notYet, hint: T.notYetHint, action: { label: T.back, onClick: toTask } }}
    >
      {({ task, given }) => (
        <>
          <Headline
            size="lg"
            icon={task.task_type}
            title={task.device_name || TASK_TYPE_RULES[task.task_type].summary}
            facts={[task.engineer_name ? T.engineer(task.engineer_name) : task.task_id]}
          />
          {given ? (
            <Given record={given} onBack={toTask} />
          ) : (
            <EvaluationForm
              id={id}
              onGone={loaded.reload}
              onGiven={(record) => loaded.replace({ task, given: record })}
            />
          )}
        </>
      )}
    </Page>
  )
}

/** The evaluation as it was given; it cannot be changed. */
function Given({ record, onBack }: { record: EvaluationRecord; onBack: () => void }) {
  return (
    <>
      <Card title={T.thanks}>
        <Rating label={T.attitude} value={record.serviceAttitude} />
        <Rating label={T.quality} value={record.serviceQuality} />
        <Rating label={T.overall} value={record.overallRating} />
        {record.comment ? <View className="evaluate-comment">{record.comment}</View> : null}
        <View className="evaluate-time numeric">{T.given(formatDateTime(record.create_time))}</View>
      </Card>
      <Button variant="secondary" block onClick={onBack}>
        {T.back}
      </Button>
    </>
  )
}
