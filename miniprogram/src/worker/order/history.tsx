import { useState } from 'react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Timeline } from '@/components/timeline'
import { ORDER_TEXTS as T } from './texts'

/** Everything that happened, newest first; folded, because it is long and seldom needed. */
export function History({ events }: { events: WorkOrderDetail['events'] }) {
  const [open, setOpen] = useState(false)
  if (events.length === 0) return null
  return (
    <Card
      title={T.history}
      extra={
        <Button size="sm" variant="quiet" onClick={() => setOpen(!open)}>
          {open ? T.hideHistory : T.showHistory(events.length)}
        </Button>
      }
    >
      {open ? <Timeline moments={events.map((event) => ({ ...event, time: event.created_at }))} /> : null}
    </Card>
  )
}
