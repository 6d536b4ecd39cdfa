import { Text, View } from '@tarojs/components'
import type { TaskTypeInfo } from '@shared/api/tasks'
import type { TaskType } from '@shared/task-types'
import { Icon } from '@/components/icon'
import { a11y } from '@/shared/a11y'
import { SUBMIT_TEXTS as T } from './texts'

interface TypePickerProps {
  types: TaskTypeInfo[]
  value: TaskType
  onChange: (type: TaskType) => void
}

/** The kinds of service as a grid, with what the chosen one means. */
export function TypePicker({ types, value, onChange }: TypePickerProps) {
  return (
    <View>
      <View className="type-picker">
        {types.map(({ type, label }) => (
          <View
            key={type}
            className={`type-picker__item ${type === value ? 'type-picker__item--on' : ''}`}
            hoverClass="pressed"
            onClick={() => onChange(type)}
            {...a11y(type === value ? T.chosen(label) : label, 'button')}
          >
            <Icon name={type} size={20} />
            <Text>{label}</Text>
          </View>
        ))}
      </View>
      <View className="type-picker__summary">{types.find(({ type }) => type === value)?.summary}</View>
    </View>
  )
}
