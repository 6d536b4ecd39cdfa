import { View } from '@tarojs/components'
import Taro, { usePullDownRefresh, useRouter } from '@tarojs/taro'
import type { TaskDetail, TimelineEntry } from '@shared/api/tasks'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { ROUTES } from '@/shared/routes'
import { getTask, listTimeline } from '@/services/tasks'
import { ActionSheet } from './action-sheets'
import { EngineerCard } from './engineer-card'
import { ProgressCard } from './progress-card'
import { RequestCard } from './request-card'
import { TaskBar } from './task-bar'
import { TASK_TEXTS as T } from './texts'
import { TimelineCard } from './timeline-card'
import { useTaskActions } from './use-task-actions'
import './index.scss'

interface Loaded {
  task: TaskDetail
  timeline: TimelineEntry[]
}

/** A link without a number has nothing to load. */
async function load(id: string): Promise<Loaded | null> {
  if (!id) return null
  const [task, timeline] = await Promise.all([getTask(id), listTimeline(id)])
  return { task, timeline: timeline.list }
}

const toTasks = () => void Taro.switchTab({ url: ROUTES.tasks })

export default function TaskPage() {
  const id = decodeURIComponent(useRouter().params.id ?? '')
  const loaded = useResource(() => load(id), { key: id, refreshOnShow: true })
  const actions = useTaskActions(id, loaded.reload)
  usePullDownRefresh(() => void loaded.reload().finally(() => Taro.stopPullDownRefresh()))
  return (
    <Page
      resource={loaded}
      skeleton="detail"
      isEmpty={(data) => data === null}
      empty={{
        icon: 'list',
        title: T.notFound,
        hint: T.notFoundHint,
        action: { label: T.toTasks, onClick: toTasks },
      }}
      footer={loaded.data ? <TaskBar task={loaded.data.task} actions={actions} /> : null}
    >
      {(data) => (data ? <TaskBody {...data} actions={actions} /> : null)}
    </Page>
  )
}

function TaskBody({ task, timeline, actions }: Loaded & { actions: ReturnType<typeof useTaskActions> }) {
  return (
    <View>
      {actions.done ? <NoticeBar tone={actions.done.tone} text={actions.done.text} /> : null}
      <ProgressCard task={task} />
      <EngineerCard task={task} />
      <TimelineCard entries={timeline} />
      <RequestCard task={task} />
      <ActionSheet actions={actions} />
    </View>
  )
}
