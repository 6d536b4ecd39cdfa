import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { TaskDetail } from '@shared/api/tasks'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Disc } from '@/components/disc'
import { NoticeBar } from '@/components/notice-bar'
import { formatPhone } from '@/shared/format'
import { TASK_TEXTS as T } from './texts'

/** Who comes, with one tap to call. */
export function EngineerCard({ task }: { task: TaskDetail }) {
  const { engineer_name: name, engineer_phone: phone } = task
  const [failed, setFailed] = useState(false)
  if (!name && task.status !== 'open') return null
  const call = () => {
    setFailed(false)
    // Closing WeChat's question is not a failure.
    Promise.resolve(Taro.makePhoneCall({ phoneNumber: phone })).catch(({ errMsg = '' }: { errMsg?: string }) =>
      setFailed(!/cancel/i.test(errMsg)),
    )
  }
  return (
    <Card>
      <View className="engineer">
        <Disc icon="badge" size="lg" round />
        <View className="engineer__text">
          <Text className="engineer__label">{T.engineer}</Text>
          <Text className={name ? 'engineer__name' : 'engineer__none'}>{name || T.noEngineer}</Text>
          {phone ? <Text className="engineer__phone numeric">{formatPhone(phone)}</Text> : null}
        </View>
        {phone ? (
          <Button variant="secondary" icon="phone" ariaLabel={T.callLabel(name)} onClick={call}>
            {T.call}
          </Button>
        ) : null}
      </View>
      {failed ? <NoticeBar tone="warn" text={T.callFailed(formatPhone(phone))} /> : null}
    </Card>
  )
}
