import { Picker, Text, View } from '@tarojs/components'
import { FieldFrame, type FieldFrameProps } from '@/components/field/frame'
import { Icon, type IconName } from '@/components/icon'
import { COMPONENT_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import './index.scss'

interface PickerFieldProps extends FieldFrameProps {
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string }[]
  placeholder?: string
}

/** One of many options from a wheel; for up to about six use Choice. */
export function PickerField(props: PickerFieldProps) {
  const { options, value, onChange, placeholder = T.choose, ...frame } = props
  const index = options.findIndex((option) => option.value === value)
  return (
    <FieldFrame {...frame}>
      <Picker
        mode="selector"
        range={options.map(({ label }) => label)}
        value={Math.max(index, 0)}
        onChange={(event) => onChange(options[Number(event.detail.value)]?.value ?? value)}
      >
        <PickedValue label={frame.label} icon="chevron" text={options[index]?.label ?? ''} placeholder={placeholder} />
      </Picker>
    </FieldFrame>
  )
}

interface DateTimeFieldProps extends FieldFrameProps {
  /** `YYYY-MM-DD HH:mm` (Asia/Shanghai), '' for none. */
  value: string
  onChange: (value: string) => void
  /** First day that may be chosen, `YYYY-MM-DD`. */
  from?: string
}

const DEFAULT_CLOCK = '09:00'

/** A day and a time of day, chosen in two wheels. */
export function DateTimeField({ value, onChange, from, ...frame }: DateTimeFieldProps) {
  const [day = '', clock = ''] = value.split(' ')
  return (
    <FieldFrame {...frame}>
      <View className="picker-pair">
        <Picker
          className="picker-pair__day"
          mode="date"
          value={day || from || ''}
          start={from}
          onChange={(event) => onChange(`${event.detail.value} ${clock || DEFAULT_CLOCK}`)}
        >
          <PickedValue label={T.dateOf(frame.label)} icon="calendar" text={day} placeholder={T.chooseDate} />
        </Picker>
        <Picker
          className="picker-pair__clock"
          mode="time"
          value={clock || DEFAULT_CLOCK}
          disabled={day === ''}
          onChange={(event) => onChange(`${day} ${event.detail.value}`)}
        >
          <PickedValue label={T.timeOf(frame.label)} icon="clock" text={clock} placeholder={T.chooseTime} />
        </Picker>
      </View>
    </FieldFrame>
  )
}

function PickedValue(props: { label: string; text: string; placeholder: string; icon: IconName }) {
  return (
    <View className="field__box picker-field" {...a11y(`${props.label} ${props.text || props.placeholder}`, 'button')}>
      <Text className={props.text ? 'picker-field__text' : 'picker-field__text field__placeholder'}>
        {props.text || props.placeholder}
      </Text>
      <Icon name={props.icon} size={20} className="picker-field__icon" />
    </View>
  )
}
