import { View } from '@tarojs/components'
import './index.scss'

interface TabsProps<T extends string> {
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}

/** A row of views of the same list; scrolls sideways when it is too long. */
export function Tabs<T extends string>({ value, options, onChange }: TabsProps<T>) {
  return (
    <View className="tabs">
      <View className="tabs__row">
        {options.map((option) => (
          <View
            key={option.value}
            className={`tabs__item ${option.value === value ? 'tabs__item--on' : ''}`}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </View>
        ))}
      </View>
    </View>
  )
}
