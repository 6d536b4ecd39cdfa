import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { WorkOrderDetail, WorkerRow } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { EmptyState } from '@/components/empty-state'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { ErrorState } from '@/components/page/error-state'
import { Skeleton } from '@/components/page/skeleton'
import { useAction } from '@/components/page/use-action'
import { useResource } from '@/components/page/use-resource'
import { SearchBox } from '@/components/search-box'
import { Textarea } from '@/components/textarea'
import { WorkerLine } from '@/components/worker-line'
import { a11y } from '@/shared/a11y'
import { dispatchWorkOrder, listWorkers } from '@/services/dispatch'
import { ASSIGN_TEXTS as T } from './texts'

interface FormProps {
  order: WorkOrderDetail
  words: string
  onSearch: (words: string) => void
  onGone: () => void
}

type Row = WorkerRow & { is_active?: boolean }
const ALL = 100

/** Whom to give the order to; those with the least on hand first. */
export function AssignForm({ order, words, onSearch, onGone }: FormProps) {
  const workers = useResource(async () => (await listWorkers({ q: words, size: ALL })).list as Row[], { key: words })
  const [chosen, setChosen] = useState<Row | null>(null)
  const [note, setNote] = useState('')
  const [mistake, setMistake] = useState('')
  const action = useAction()

  const choose = (worker: Row) => {
    setChosen(worker)
    setMistake('')
    action.clearError()
  }
  const assign = async () => {
    setMistake(chosen ? '' : T.choose)
    if (!chosen) return
    const assignment = {
      workOrderId: order.id,
      workerId: chosen.id,
      note: note.trim() || undefined,
      formerWorkerId: order.worker_id,
    }
    if (!(await action.run(assignment, (key) => dispatchWorkOrder(assignment, key)))) return onGone()
    void Taro.showToast({ title: T.done, icon: 'success' })
    if (Taro.getCurrentPages().length > 1) void Taro.navigateBack()
    else onGone()
  }
  const label = chosen ? (order.worker_id ? T.reassignTo : T.assignTo)(chosen.full_name) : T.assign
  return (
    <View className="assign">
      <Card title={T.workers}>
        <SearchBox placeholder={T.search} onSearch={onSearch} />
        {workers.status === 'loading' ? <Skeleton kind="form" /> : null}
        {workers.status === 'error' ? <ErrorState error={workers.error} onRetry={() => void workers.reload()} /> : null}
        {workers.data ? <WorkerChoice rows={workers.data} order={order} chosen={chosen} onChoose={choose} /> : null}
      </Card>
      <Card>
        <Textarea label={T.note} value={note} onChange={setNote} placeholder={T.notePlaceholder} />
      </Card>
      <View className="page__footer assign__footer">
        {mistake || action.error ? <NoticeBar tone="danger" text={mistake || action.error} /> : null}
        <Button block loading={action.busy} onClick={() => void assign()}>
          {label}
        </Button>
      </View>
    </View>
  )
}

interface ChoiceProps {
  rows: Row[]
  order: WorkOrderDetail
  chosen: Row | null
  onChoose: (worker: Row) => void
}

function WorkerChoice({ rows, order, chosen, onChoose }: ChoiceProps) {
  if (rows.length === 0) return <EmptyState icon="users" title={T.none} />
  const heaviest = Math.max(...rows.map(({ load }) => load), 1)
  const remarkOf = (worker: Row) => {
    if (worker.id === order.worker_id) return T.isCurrent
    return worker.is_active === false ? T.inactive : undefined
  }
  return (
    <View className="assign__list">
      {[...rows]
        .sort((a, b) => a.load - b.load)
        .map((worker) => {
          const remark = remarkOf(worker)
          const on = chosen?.id === worker.id
          return (
            <View
              key={worker.id}
              className={`assign__row ${on ? 'assign__row--on' : ''} ${remark ? 'assign__row--off' : ''}`}
              hoverClass={remark ? 'none' : 'pressed'}
              onClick={() => !remark && onChoose(worker)}
              {...a11y(T.choice(worker.full_name, worker.load, on), 'radio')}
            >
              <WorkerLine worker={worker} heaviest={heaviest} remark={remark} />
              <View className="assign__mark">{on ? <Icon name="check" size={16} /> : null}</View>
            </View>
          )
        })}
    </View>
  )
}
