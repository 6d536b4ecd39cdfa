import { useMemo, useRef, useState } from 'react'
import { View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { UPLOAD_LIMITS } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { FileUploader } from '@/components/file-uploader'
import { useUploads } from '@/components/file-uploader/use-uploads'
import { NoticeBar } from '@/components/notice-bar'
import { Signature, type SignatureHandle } from '@/components/signature'
import { evidenceTarget } from '@/services/upload'
import { CheckinDone } from './done'
import { PositionCard } from './position-card'
import { CHECKIN_TEXTS as T } from './texts'
import { useCheckin } from './use-checkin'
import { useStanding } from './use-standing'

/** Position, photos and signature, and the button that turns them into a visit. */
export function CheckinForm({ order }: { order: WorkOrderDetail }) {
  const here = useStanding(order)
  const position = here.position.fix
  const target = useMemo(
    () =>
      evidenceTarget(order.id, {
        capturedAt: position?.reportedAt,
        latitude: position?.latitude,
        longitude: position?.longitude,
      }),
    [order.id, position],
  )
  const photos = useUploads(target)
  const signature = useRef<SignatureHandle | null>(null)
  const [unsigned, setUnsigned] = useState(true)
  const checkin = useCheckin({
    order,
    fix: position,
    positionProblem: here.problem,
    photos,
    online: here.online,
    signature,
    unsigned,
  })
  if (checkin.arrivedMeters !== null)
    return <CheckinDone orderId={order.id} state="done" distanceMeters={checkin.arrivedMeters} />
  return (
    <View className="checkin">
      <PositionCard order={order} here={here} />
      <Card>
        <FileUploader
          label={T.photos}
          required
          kind="image"
          source="camera"
          max={UPLOAD_LIMITS.maxImages}
          uploads={photos}
          hint={T.photosHint}
          keptHint={T.photosKept}
          error={checkin.mistakes.photos}
        />
        <Signature
          ref={signature}
          onChange={setUnsigned}
          label={T.signature}
          required
          hint={T.signatureHint}
          error={checkin.mistakes.signature}
        />
      </Card>
      <View className="page__footer checkin__footer">
        {checkin.mistakes.position ? <NoticeBar tone="danger" text={checkin.mistakes.position} /> : null}
        {checkin.failure ? <NoticeBar tone="danger" text={checkin.failure} /> : null}
        <Button block loading={checkin.busy} onClick={() => void checkin.submit()}>
          {checkin.busy ? T.submitting : here.online ? T.submit : T.submitOffline}
        </Button>
      </View>
    </View>
  )
}
