import { View } from '@tarojs/components'
import { ConfirmSheet } from '@/components/sheet'
import { Textarea } from '@/components/textarea'
import { TASK_TEXTS as T } from './texts'
import type { TaskAction, TaskActions } from './use-task-actions'

const WORDS = {
  accept: {
    title: T.acceptTitle,
    text: T.acceptText,
    confirm: T.accept,
    label: T.acceptComment,
    placeholder: T.acceptPlaceholder,
    required: false,
  },
  refuse: {
    title: T.refuseTitle,
    text: T.refuseText,
    confirm: T.refuse,
    label: T.refuseComment,
    placeholder: T.refusePlaceholder,
    required: true,
  },
  remind: {
    title: T.remindTitle,
    text: T.remindText,
    confirm: T.remind,
    label: T.remindComment,
    placeholder: T.remindPlaceholder,
    required: false,
  },
  cancel: {
    title: T.cancelTitle,
    text: T.cancelText,
    confirm: T.cancel,
    label: T.cancelReason,
    placeholder: T.cancelPlaceholder,
    required: true,
  },
} satisfies Record<TaskAction, object>

/** Asks before a decision, with the comment it takes. */
export function ActionSheet({ actions }: { actions: TaskActions }) {
  const { asking } = actions
  if (!asking) return null
  const words = WORDS[asking]
  return (
    <ConfirmSheet
      open
      title={words.title}
      text={words.text}
      confirmLabel={words.confirm}
      cancelLabel={asking === 'cancel' ? T.keep : undefined}
      danger={asking === 'cancel'}
      busy={actions.busy}
      error={actions.failure}
      onConfirm={actions.confirm}
      onClose={() => actions.ask(null)}
    >
      {asking === 'cancel' ? <ReasonChips actions={actions} /> : null}
      <Textarea
        label={words.label}
        required={words.required}
        value={actions.comment}
        onChange={actions.write}
        error={actions.wrong}
        maxLength={500}
        placeholder={words.placeholder}
      />
    </ConfirmSheet>
  )
}

/** Usual reasons; a tap writes one into the field, where it can be changed. */
function ReasonChips({ actions }: { actions: TaskActions }) {
  return (
    <View className="reason-chips">
      {T.cancelReasons.map((reason) => (
        <View
          key={reason}
          className={`reason-chips__item ${reason === actions.comment ? 'reason-chips__item--on' : ''}`}
          hoverClass="pressed"
          onClick={() => actions.write(reason)}
        >
          {reason}
        </View>
      ))}
    </View>
  )
}
