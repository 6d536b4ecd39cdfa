import { Text, View } from '@tarojs/components'
import Taro, { usePullDownRefresh } from '@tarojs/taro'
import type { TaskRow } from '@shared/api/tasks'
import { Icon } from '@/components/icon'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { Section } from '@/components/section'
import { TaskCard } from '@/components/task-card'
import { a11y } from '@/shared/a11y'
import { ROUTES } from '@/shared/routes'
import { listTasks } from '@/services/tasks'
import { ServiceGrid } from './service-grid'
import { HOME_TEXTS } from './texts'
import './index.scss'

const SHOWN_TASKS = 5

export default function HomePage() {
  const tasks = useResource(() => listTasks({ status: 'open', size: SHOWN_TASKS }), { refreshOnShow: true })
  usePullDownRefresh(() => void tasks.reload().finally(() => Taro.stopPullDownRefresh()))
  return (
    <Page
      resource={tasks}
      header={<HomeHead />}
      isEmpty={({ list }) => list.length === 0}
      empty={{ icon: 'list', title: HOME_TEXTS.emptyTitle, hint: HOME_TEXTS.emptyHint }}
    >
      {({ list }) => <OpenTasks tasks={list} />}
    </Page>
  )
}

function HomeHead() {
  return (
    <View className="home-head">
      <View className="home-head__hero">
        <View className="home-head__curve" />
        <View className="home-head__row">
          <Text className="home-head__brand">{HOME_TEXTS.business}</Text>
          <View
            className="home-head__bell"
            hoverClass="pressed"
            onClick={() => void Taro.navigateTo({ url: ROUTES.notices })}
            {...a11y(HOME_TEXTS.notices, 'button')}
          >
            <Icon name="bell" />
          </View>
        </View>
        <Text className="home-head__slogan">{HOME_TEXTS.slogan}</Text>
        <Text className="home-head__lead">{HOME_TEXTS.lead}</Text>
      </View>
      <View className="home-head__services">
        <Text className="home-head__question">{HOME_TEXTS.services}</Text>
        <ServiceGrid />
      </View>
    </View>
  )
}

function OpenTasks({ tasks }: { tasks: TaskRow[] }) {
  const openAll = () => void Taro.switchTab({ url: ROUTES.tasks })
  return (
    <Section title={HOME_TEXTS.openTasks} link={{ label: HOME_TEXTS.allTasks, onClick: openAll }}>
      {tasks.map((task) => (
        <TaskCard key={task.task_id} task={task} callToAction={HOME_TEXTS.waitingForYou[task.current_step]} />
      ))}
    </Section>
  )
}
