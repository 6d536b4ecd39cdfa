import { View } from '@tarojs/components'
import type { TaskTypeField } from '@shared/api/tasks'
import { Choice } from '@/components/choice'
import { Field } from '@/components/field'
import { DateTimeField, PickerField } from '@/components/picker-field'
import { Textarea } from '@/components/textarea'
import { formatDateTime } from '@/shared/format'
import { SUBMIT_TEXTS as T } from './texts'

interface DeviceFieldProps {
  field: TaskTypeField
  value: string
  error?: string
  onChange: (value: string) => void
  /** The person went on to another field. */
  onLeave: () => void
}

const FEW_OPTIONS = 6

/** One field as the server describes it. */
export function DeviceField({ field, value, error, onChange, onLeave }: DeviceFieldProps) {
  const { label, required, placeholder, max_length: maxLength } = field
  const common = { label, required, error, value, onChange }
  switch (field.kind) {
    case 'textarea':
      return <Textarea {...common} placeholder={placeholder} maxLength={maxLength} />
    case 'datetime':
      return (
        <View className="appointment">
          <DateTimeField {...common} from={today()} />
          {value && !required ? (
            <View className="appointment__clear" hoverClass="pressed" onClick={() => onChange('')}>
              {T.noAppointment}
            </View>
          ) : null}
        </View>
      )
    case 'choice': {
      const options = (field.options ?? []).map((option) => ({ value: option, label: option }))
      if (options.length > FEW_OPTIONS) return <PickerField {...common} options={options} placeholder={placeholder} />
      return <Choice {...common} options={options} />
    }
    case 'integer':
      return <Field {...common} type="integer" placeholder={placeholder} onBlur={onLeave} />
    case 'text':
      return <Field {...common} placeholder={placeholder} maxLength={maxLength} onBlur={onLeave} />
  }
}

const today = () => formatDateTime(new Date().toISOString()).slice(0, 10)
