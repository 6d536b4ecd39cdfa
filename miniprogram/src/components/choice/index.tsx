import { View } from '@tarojs/components'
import { FieldFrame, type FieldFrameProps } from '@/components/field/frame'
import './index.scss'

interface ChoiceProps<T extends string> extends FieldFrameProps {
  value: T | ''
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}

/** One of a few options, all visible. */
export function Choice<T extends string>({ value, options, onChange, ...frame }: ChoiceProps<T>) {
  return (
    <FieldFrame {...frame}>
      <View className="choice">
        {options.map((option) => (
          <View
            key={option.value}
            className={`choice__item ${option.value === value ? 'choice__item--on' : ''}`}
            hoverClass="pressed"
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </View>
        ))}
      </View>
    </FieldFrame>
  )
}
