import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import type { VisitView } from '@shared/api/homecare'
import { VISIT_FLAG_WORDS } from '@shared/visit-words'
import { Card } from '@/components/card'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { StaffNav } from '@/components/staff-nav'
import { Badge } from '@/components/status-badge'
import { Tabs } from '@/components/tabs'
import { formatDistance, formatRelativeDay } from '@/shared/format'
import { listVisits } from '@/services/dispatch'
import { REVIEW_TEXTS as T } from './texts'
import { VisitSheet } from './visit-sheet'
import './index.scss'

type Listing = 'pending' | 'done'

export default function ReviewPage() {
  const [listing, setListing] = useState<Listing>('pending')
  const [open, setOpen] = useState<VisitView | null>(null)
  const visits = usePagedList(
    (page) => listVisits({ ...(listing === 'pending' ? { flagged: true } : {}), reviewed: listing === 'done', page }),
    listing,
  )
  const decided = () => {
    setOpen(null)
    void visits.reload()
  }
  return (
    <Page
      resource={visits}
      header={<Tabs value={listing} options={T.tabs} onChange={setListing} />}
      isEmpty={(rows) => rows.length === 0}
      empty={{ icon: 'shield', ...T.empty[listing] }}
      nav={<StaffNav current="review" />}
    >
      <PagedRows
        list={visits}
        keyOf={({ id }) => id}
        render={(visit) => <VisitCard visit={visit} onOpen={() => setOpen(visit)} />}
      />
      {open ? <VisitSheet key={open.id} visit={open} onClose={() => setOpen(null)} onDecided={decided} /> : null}
    </Page>
  )
}

function VisitCard({ visit, onOpen }: { visit: VisitView; onOpen: () => void }) {
  return (
    <Card onClick={onOpen} className="visit-card">
      <View className="visit-card__head">
        <View className="visit-card__names">
          <Text className="visit-card__title">{`${visit.worker_name} · ${T.visit(visit.visit_no)}`}</Text>
          <Text className="visit-card__fact numeric">{visit.task_id}</Text>
        </View>
        {visit.review ? (
          <Badge tone={visit.review.decision === 'confirm' ? 'ok' : 'danger'}>
            {visit.review.decision === 'confirm' ? T.confirmed : T.refused}
          </Badge>
        ) : (
          <Text className="visit-card__fact numeric">{formatRelativeDay(visit.checkin_at)}</Text>
        )}
      </View>
      <View className="visit-card__flags">
        {visit.flags.map((flag) => (
          <Badge key={flag} tone="warn">
            {VISIT_FLAG_WORDS[flag].label}
          </Badge>
        ))}
      </View>
      <View className="visit-card__foot">
        <Text className="visit-card__fact numeric">
          {`${T.distance} ${formatDistance(visit.distance_meters)} / ${formatDistance(visit.radius_meters)}`}
        </Text>
        {visit.review ? null : <Text className="visit-card__open">{T.open}</Text>}
      </View>
    </Card>
  )
}
