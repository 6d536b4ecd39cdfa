import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { Sheet } from '@/components/sheet'
import { formatDateTime, formatDistance, formatPhone } from '@/shared/format'
import type { Position } from '@shared/geo'
import { navigateThere } from '@/services/location'
import { ORDER_TEXTS as T } from './texts'

export const siteOf = (order: WorkOrderDetail): Position | null =>
  order.service_latitude === null || order.service_longitude === null
    ? null
    : { latitude: order.service_latitude, longitude: order.service_longitude }

/** For whom and where, with the call and the way there one tap away. */
export function PlaceCard({ order }: { order: WorkOrderDetail }) {
  const phone = order.customer_phone
  return (
    <Card title={T.customer}>
      <View className="cell-group">
        <Cell label={T.company} value={order.customer_company} />
        <Cell label={T.contact} value={[order.customer_name, formatPhone(phone)].filter(Boolean).join(' · ')} />
        <Cell label={T.address} value={order.service_address} />
        {order.appointment_time ? <Cell label={T.appointment} value={formatDateTime(order.appointment_time)} /> : null}
        <Cell label={T.worker} value={order.worker_name || T.nobody} />
        <Cell label={T.radius} value={formatDistance(order.radius.radiusMeters)} />
      </View>
      <View className="order-ways">
        <Button
          block
          variant="secondary"
          icon="phone"
          disabled={!phone}
          onClick={() => void Taro.makePhoneCall({ phoneNumber: phone }).catch(() => undefined)}
        >
          {phone ? T.call : T.phoneHidden}
        </Button>
        <WayThere order={order} />
      </View>
    </Card>
  )
}

function WayThere({ order }: { order: WorkOrderDetail }) {
  const [asked, setAsked] = useState(false)
  const site = siteOf(order)
  const go = async () => {
    const place = { name: order.customer_company || order.customer_name, address: order.service_address }
    const opened = site ? await navigateThere({ ...site, ...place }).catch(() => false) : false
    if (!opened) setAsked(true)
  }
  return (
    <>
      <Button block variant="secondary" icon="navigate" onClick={() => void go()}>
        {T.navigate}
      </Button>
      <AddressSheet open={asked} address={order.service_address} site={site} onClose={() => setAsked(false)} />
    </>
  )
}

interface AddressSheetProps {
  open: boolean
  address: string
  site: Position | null
  onClose: () => void
}

/** Address and coordinates to take over into another map. */
function AddressSheet({ open, address, site, onClose }: AddressSheetProps) {
  const copy = (data: string) => void Taro.setClipboardData({ data })
  const coordinates = site ? `${site.latitude.toFixed(6)}, ${site.longitude.toFixed(6)}` : ''
  const footer = (
    <>
      {coordinates ? (
        <Button block variant="secondary" onClick={() => copy(coordinates)}>
          {T.copyCoordinates}
        </Button>
      ) : null}
      <Button block onClick={() => copy(address)}>
        {T.copyAddress}
      </Button>
    </>
  )
  return (
    <Sheet open={open} title={T.wayTitle} onClose={onClose} footer={footer}>
      <View className="sheet__text">{T.wayLead}</View>
      <Cell label={T.address} value={address} />
      {coordinates ? <Cell label={T.coordinates} value={coordinates} /> : null}
    </Sheet>
  )
}
