import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import Taro, { useRouter } from '@tarojs/taro'
import type { TaskDetail } from '@shared/api/tasks'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { EmptyState } from '@/components/empty-state'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { formatDateTime } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { getTask } from '@/services/tasks'
import { SUBMITTED_TEXTS as T } from './texts'
import './index.scss'

const toTasks = () => void Taro.switchTab({ url: ROUTES.tasks })
const toHome = () => void Taro.switchTab({ url: ROUTES.home })

export default function SubmittedPage() {
  const { id, earlier } = useRouter().params
  if (id) return <Submitted id={decodeURIComponent(id)} earlier={earlier === '1'} />
  return (
    <Page>
      <EmptyState title={T.missing} hint={T.missingHint} action={{ label: T.open, onClick: toTasks }} />
    </Page>
  )
}

/** The number is known and stands whatever becomes of loading the rest. */
function Submitted({ id, earlier }: { id: string; earlier: boolean }) {
  const task = useResource(() => getTask(id), { key: id })
  return (
    <Page
      resource={task}
      skeleton="detail"
      header={
        <>
          <NumberHead id={id} />
          <View className="submitted-body">
            {earlier ? <NoticeBar tone="warn" text={T.earlier} /> : null}
            <View className="submitted-body__buttons">
              <Button variant="secondary" block onClick={toHome}>
                {T.home}
              </Button>
              <Button block onClick={() => void Taro.redirectTo({ url: ROUTES.task(id) })}>
                {T.open}
              </Button>
            </View>
            <NextSteps />
          </View>
        </>
      }
    >
      {(data) => <Summary task={data} />}
    </Page>
  )
}

function NumberHead({ id }: { id: string }) {
  const [copied, setCopied] = useState(false)
  // Where copying is not allowed the number can still be selected.
  const copy = () =>
    void Promise.resolve(Taro.setClipboardData({ data: id })).then(
      () => setCopied(true),
      () => undefined,
    )
  return (
    <View className="submitted-head">
      <View className="submitted-head__disc">
        <Icon name="check" size={40} />
      </View>
      <Text className="submitted-head__title">{T.lead}</Text>
      <View className="submitted-head__number">
        <Text className="submitted-head__label">{T.number}</Text>
        <Text className="submitted-head__id numeric" selectable>
          {id}
        </Text>
        <Button size="sm" variant="quiet" className="submitted-head__copy" onClick={copy}>
          {copied ? T.copied : T.copy}
        </Button>
      </View>
    </View>
  )
}

function NextSteps() {
  return (
    <Card title={T.next}>
      {T.steps.map((step, index) => (
        <View key={step.title} className="next-step">
          <Text className="next-step__number numeric">{String(index + 1)}</Text>
          <View className="next-step__text">
            <Text className="next-step__title">{step.title}</Text>
            <Text className="next-step__fact">{step.text}</Text>
          </View>
        </View>
      ))}
    </Card>
  )
}

function Summary({ task }: { task: TaskDetail }) {
  const appointment = formatDateTime(task.device.appointment_time)
  return (
    <Card title={T.summary}>
      <Cell label={T.service} value={TASK_TYPE_RULES[task.task_type].label} />
      {task.device_name ? <Cell label={T.device} value={task.device_name} /> : null}
      {appointment ? <Cell label={T.appointment} value={appointment} /> : null}
      <Cell label={T.address} value={task.customer.address} />
    </Card>
  )
}
