import { useState } from 'react'
import Taro from '@tarojs/taro'
import { useAction } from '@/components/page/use-action'
import { ConfirmSheet } from '@/components/sheet'
import { Textarea } from '@/components/textarea'
import { requireText } from '@/shared/validate'
import { cancelWorkOrder } from '@/services/dispatch'
import { rejectWorkOrder } from '@/services/work-orders'
import { ORDER_TEXTS as T } from './texts'

export type ReasonFor = 'reject' | 'cancel'

const WORDS = {
  reject: {
    title: T.rejectTitle,
    text: T.rejectText,
    reason: T.rejectReason,
    placeholder: T.rejectPlaceholder,
    confirm: T.giveBack,
    done: T.rejectDone,
    call: rejectWorkOrder,
  },
  cancel: {
    title: T.cancelTitle,
    text: T.cancelText,
    reason: T.cancelReason,
    placeholder: T.cancelPlaceholder,
    confirm: T.cancel,
    done: T.cancelDone,
    call: cancelWorkOrder,
  },
}

interface ReasonSheetProps {
  about: ReasonFor | null
  orderId: string
  onClose: () => void
  onDone: () => void
}

/** Asks why before an order is given back or cancelled. */
export function ReasonSheet({ about, orderId, onClose, onDone }: ReasonSheetProps) {
  const [reason, setReason] = useState('')
  const [wrong, setWrong] = useState('')
  const action = useAction()
  if (!about) return null
  const words = WORDS[about]
  const close = () => {
    action.clearError()
    setWrong('')
    onClose()
  }
  const confirm = async () => {
    const mistake = requireText(words.reason, reason)
    setWrong(mistake)
    if (mistake) return
    if (!(await action.run({ about, orderId, reason }, (key) => words.call(orderId, reason.trim(), key)))) return
    setReason('')
    onClose()
    void Taro.showToast({ title: words.done, icon: 'success' })
    // A worker no longer sees what they gave back.
    if (about === 'reject' && Taro.getCurrentPages().length > 1) void Taro.navigateBack()
    else onDone()
  }
  return (
    <ConfirmSheet
      open
      danger
      title={words.title}
      text={words.text}
      confirmLabel={words.confirm}
      busy={action.busy}
      error={action.error}
      onConfirm={() => void confirm()}
      onClose={close}
    >
      <Textarea
        label={words.reason}
        required
        value={reason}
        error={wrong}
        placeholder={words.placeholder}
        onChange={(value) => {
          setReason(value)
          setWrong('')
        }}
      />
    </ConfirmSheet>
  )
}
