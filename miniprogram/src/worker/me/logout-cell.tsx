import { useState } from 'react'
import Taro from '@tarojs/taro'
import { Cell } from '@/components/cell'
import { ConfirmSheet } from '@/components/sheet'
import { ROUTES } from '@/shared/routes'
import { clearQueue } from '@/services/offline-queue'
import { logoutStaff } from '@/services/session'
import { useQueue } from '@/stores/offline-queue'
import { ME_TEXTS as T } from './texts'

/** Logs out, and says so when that would cost what is not sent yet. */
export function LogoutCell() {
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const unsent = useQueue((queue) => queue.entries.length)
  const leave = async () => {
    setBusy(true)
    await clearQueue()
    await logoutStaff()
    setBusy(false)
    setAsking(false)
    await Taro.reLaunch({ url: ROUTES.staffLogin })
  }
  return (
    <>
      <Cell icon="logout" label={T.logout} danger onClick={() => setAsking(true)} />
      <ConfirmSheet
        open={asking}
        danger
        title={T.logoutTitle}
        text={unsent > 0 ? T.logoutUnsent(unsent) : T.logoutText}
        confirmLabel={unsent > 0 ? T.logoutAnyway : T.logout}
        busy={busy}
        onConfirm={() => void leave()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
