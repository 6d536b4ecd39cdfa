import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Card } from '@/components/card'
import { Icon } from '@/components/icon'
import { ListHead } from '@/components/list-head'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { StaffNav } from '@/components/staff-nav'
import { WorkerLine } from '@/components/worker-line'
import { a11y } from '@/shared/a11y'
import { listWorkers } from '@/services/dispatch'
import { WORKERS_TEXTS as T } from './texts'
import './index.scss'

export default function WorkersPage() {
  const [words, setWords] = useState('')
  const workers = usePagedList((page) => listWorkers({ q: words, page, size: 20 }), words)
  const heaviest = Math.max(...workers.data.map(({ load }) => load), 1)
  return (
    <Page
      resource={workers}
      header={<ListHead placeholder={T.search} onSearch={setWords} />}
      isEmpty={(rows) => rows.length === 0}
      empty={
        words ? { icon: 'search', title: T.notFound(words) } : { icon: 'users', title: T.empty, hint: T.emptyHint }
      }
      nav={<StaffNav current="workers" />}
    >
      <PagedRows
        list={workers}
        keyOf={({ id }) => id}
        render={(worker) => (
          <Card className="worker-card">
            <WorkerLine worker={worker} heaviest={heaviest} />
            {worker.phone ? (
              <View
                className="worker-card__call"
                hoverClass="pressed"
                onClick={() => void Taro.makePhoneCall({ phoneNumber: worker.phone }).catch(() => undefined)}
                {...a11y(T.call(worker.full_name), 'button')}
              >
                <Icon name="phone" />
              </View>
            ) : null}
          </Card>
        )}
      />
    </Page>
  )
}
