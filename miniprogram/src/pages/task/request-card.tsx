import { Text, View } from '@tarojs/components'
import type { TaskDetail } from '@shared/api/tasks'
import { DEVICE_FIELDS, TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { formatDateTime, formatPhone } from '@/shared/format'
import { TASK_TEXTS as T } from './texts'

/** What was asked for and by whom, as it was submitted. */
export function RequestCard({ task }: { task: TaskDetail }) {
  const rule = TASK_TYPE_RULES[task.task_type]
  const { customer } = task
  const facts: [label: string, value: string][] = [
    [T.number, task.task_id],
    [T.service, rule.label],
    ...[...rule.required, ...rule.optional].map((name): [string, string] => [
      DEVICE_FIELDS[name].label,
      name === 'appointment_time' ? formatDateTime(task.device[name]) : String(task.device[name]),
    ]),
    [T.description, task.description],
    [T.contact, customer.name],
    [T.company, customer.company],
    [T.phone, formatPhone(customer.phone)],
    [T.address, customer.address],
    [T.email, customer.email],
    [T.created, formatDateTime(task.create_time)],
  ]
  return (
    <Card title={T.request}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([label, value]) => (
          <View key={label} className="fact">
            <Text className="fact__label">{label}</Text>
            <Text className="fact__value" selectable>
              {value}
            </Text>
          </View>
        ))}
    </Card>
  )
}
