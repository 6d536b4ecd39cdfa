import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { IS_BROWSER } from '@/shared/platform'
import { useConsent } from '@/stores/consent'
import { PRIVACY_TEXTS as T } from './texts'
import './index.scss'

export default function PrivacyPage() {
  const agreed = useConsent((consent) => consent.agreed)
  return (
    <Page withoutConsent>
      {agreed ? <NoticeBar tone="ok" text={T.agreed} /> : null}
      <View className="privacy__intro">{T.intro}</View>
      {T.chapters.map((chapter) => (
        <Card key={chapter.title} title={chapter.title}>
          {chapter.points.map((point) => (
            <View key={point} className="privacy__point">
              <View className="privacy__dot" />
              <Text className="privacy__text">{point}</Text>
            </View>
          ))}
        </Card>
      ))}
      {IS_BROWSER ? null : (
        <Button variant="quiet" block onClick={() => Taro.openPrivacyContract({})}>
          {T.wechat}
        </Button>
      )}
      <View className="privacy__date">{T.updated}</View>
    </Page>
  )
}
