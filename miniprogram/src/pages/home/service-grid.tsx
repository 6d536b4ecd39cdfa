import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { TASK_TYPES, TASK_TYPE_RULES } from '@shared/task-types'
import { Icon } from '@/components/icon'
import { a11y } from '@/shared/a11y'
import { ROUTES } from '@/shared/routes'

/** The eight kinds of service; a tap opens the form for one. */
export function ServiceGrid() {
  return (
    <View className="service-grid">
      {TASK_TYPES.map((type) => (
        <View
          key={type}
          className="service-grid__item"
          hoverClass="pressed"
          onClick={() => void Taro.navigateTo({ url: ROUTES.submit(type) })}
          {...a11y(`${TASK_TYPE_RULES[type].label}：${TASK_TYPE_RULES[type].summary}`, 'button')}
        >
          <View className="service-grid__disc">
            <Icon name={type} size={28} />
          </View>
          <Text className="service-grid__label">{TASK_TYPE_RULES[type].label}</Text>
        </View>
      ))}
    </View>
  )
}
