import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { TaskStatus } from '@shared/task-types'
import type { EmptyStateProps } from '@/components/empty-state'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { SearchBox } from '@/components/search-box'
import { Tabs } from '@/components/tabs'
import { TaskCard } from '@/components/task-card'
import { ROUTES } from '@/shared/routes'
import { listTasks } from '@/services/tasks'
import { TASKS_TEXTS as T } from './texts'
import './index.scss'

type Tab = 'all' | TaskStatus

const PAGE_SIZE = 20

export default function TasksPage() {
  const [tab, setTab] = useState<Tab>('all')
  const [words, setWords] = useState('')
  const status = tab === 'all' ? undefined : tab
  const tasks = usePagedList((page) => listTasks({ status, q: words, page, size: PAGE_SIZE }), `${tab}|${words}`)
  return (
    <Page
      resource={tasks}
      header={
        <View className="tasks-head">
          <Tabs value={tab} options={T.tabs} onChange={setTab} />
          <View className="tasks-head__search">
            <SearchBox placeholder={T.search} onSearch={setWords} />
          </View>
        </View>
      }
      isEmpty={(rows) => rows.length === 0}
      empty={emptyOf(tab, words)}
    >
      <View className="tasks-total numeric">{T.total(tasks.total)}</View>
      <PagedRows
        list={tasks}
        keyOf={(task) => task.task_id}
        render={(task) => <TaskCard task={task} callToAction={T.waitingForYou[task.current_step]} />}
      />
    </Page>
  )
}

function emptyOf(tab: Tab, words: string): EmptyStateProps {
  if (words) return { icon: 'search', title: T.notFound(words), hint: T.notFoundHint }
  const action = { label: T.submit, onClick: () => void Taro.switchTab({ url: ROUTES.home }) }
  return { icon: 'list', ...T.empty[tab], ...(tab === 'all' || tab === 'open' ? { action } : {}) }
}
