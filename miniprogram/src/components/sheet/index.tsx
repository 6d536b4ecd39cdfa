import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { a11y } from '@/shared/a11y'
import { TEXTS } from '@/shared/texts'
import './index.scss'

interface SheetProps {
  open: boolean
  title: string
  /** Without it the sheet can only be left by its own buttons. */
  onClose?: () => void
  footer?: ReactNode
  children?: ReactNode
}

/** A panel from the bottom over the dimmed page. */
export function Sheet({ open, title, onClose, footer, children }: SheetProps) {
  if (!open) return null
  return (
    <View className="sheet">
      <View className="sheet__shade" onClick={onClose} />
      <View className="sheet__panel" {...a11y(title, 'dialog')}>
        <View className="sheet__head">
          <Text className="sheet__title">{title}</Text>
          {onClose ? (
            <View className="sheet__close" onClick={onClose} {...a11y(TEXTS.close, 'button')}>
              <Icon name="close" size={20} />
            </View>
          ) : null}
        </View>
        <View className="sheet__body">{children}</View>
        {footer ? <View className="sheet__footer">{footer}</View> : null}
      </View>
    </View>
  )
}

interface ConfirmSheetProps {
  open: boolean
  title: string
  text?: string
  confirmLabel?: string
  /** The way back; another word where “cancel” could be taken for the decision itself. */
  cancelLabel?: string
  danger?: boolean
  busy?: boolean
  /** Why the last try failed. */
  error?: string
  onConfirm: () => void
  onClose: () => void
  /** A field the decision needs, for example a reason. */
  children?: ReactNode
}

/** Asks before something that cannot be taken back. */
export function ConfirmSheet(props: ConfirmSheetProps) {
  const { confirmLabel = TEXTS.confirm, cancelLabel = TEXTS.cancel, danger, busy, onConfirm, onClose } = props
  const footer = (
    <>
      <Button variant="secondary" block onClick={onClose}>
        {cancelLabel}
      </Button>
      <Button variant={danger ? 'danger' : 'primary'} block loading={busy} onClick={onConfirm}>
        {confirmLabel}
      </Button>
    </>
  )
  return (
    <Sheet open={props.open} title={props.title} onClose={onClose} footer={footer}>
      {props.text ? <View className="sheet__text">{props.text}</View> : null}
      {props.children}
      {props.error ? <NoticeBar tone="danger" text={props.error} /> : null}
    </Sheet>
  )
}
