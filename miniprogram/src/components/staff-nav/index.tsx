import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Icon, type IconName } from '@/components/icon'
import { STAFF_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { ROUTES } from '@/shared/routes'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import './index.scss'

type Place = 'orders' | 'queue' | 'me' | 'dispatch' | 'workers' | 'review'

const PLACES: Record<Place, { label: string; icon: IconName; url: string }> = {
  orders: { label: T.orders, icon: 'list', url: ROUTES.orders },
  queue: { label: T.queue, icon: 'refresh', url: ROUTES.queue },
  dispatch: { label: T.dispatch, icon: 'list', url: ROUTES.dispatch },
  workers: { label: T.workers, icon: 'users', url: ROUTES.workers },
  review: { label: T.review, icon: 'shield', url: ROUTES.review },
  me: { label: T.me, icon: 'user', url: ROUTES.me },
}
const OF_WORKER: Place[] = ['orders', 'queue', 'me']
const OF_DISPATCHER: Place[] = ['dispatch', 'workers', 'review', 'me']

/** The ways between the main pages of the staff: one row for workers, another for dispatchers. */
export function StaffNav({ current }: { current: Place }) {
  const role = useSession((session) => session.staff?.user.role)
  const unsent = useQueue((queue) => queue.entries.length)
  const places = role === undefined || role === 'HOMECARE_WORKER' ? OF_WORKER : OF_DISPATCHER
  const go = (place: Place) => {
    if (place !== current) void Taro.redirectTo({ url: PLACES[place].url })
  }
  return (
    <View className="staff-nav">
      {places.map((place) => {
        const count = place === 'queue' ? unsent : 0
        const name = count > 0 ? T.withCount(PLACES[place].label, count) : PLACES[place].label
        return (
          <View
            key={place}
            className={`staff-nav__item ${place === current ? 'staff-nav__item--on' : ''}`}
            hoverClass="pressed"
            onClick={() => go(place)}
            {...a11y(name, 'button')}
          >
            <View className="staff-nav__glyph">
              <Icon name={PLACES[place].icon} />
              {count > 0 ? (
                <Text className="staff-nav__count numeric">{count > 99 ? '99+' : String(count)}</Text>
              ) : null}
            </View>
            <Text className="staff-nav__label">{PLACES[place].label}</Text>
          </View>
        )
      })}
    </View>
  )
}
