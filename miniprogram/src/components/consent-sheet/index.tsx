import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Button } from '@/components/button'
import { Icon } from '@/components/icon'
import { Sheet } from '@/components/sheet'
import { IS_BROWSER } from '@/shared/platform'
import { ROUTES } from '@/shared/routes'
import { TEXTS } from '@/shared/texts'
import { useConsent } from '@/stores/consent'
import './index.scss'

/** WeChat finds the tapped button by this id when it asks for the privacy decision. */
export const AGREE_BUTTON_ID = 'privacy-agree'

/** The privacy question: before the first call of the app, and whenever WeChat itself asks. */
export function ConsentSheet() {
  const { sheetOpen, decide } = useConsent()
  const agree = () => decide('agree')
  const readAll = () => void Taro.navigateTo({ url: ROUTES.privacy })
  // In WeChat the tap must come from this kind of button to count as the platform's consent.
  const wechat = IS_BROWSER
    ? { onClick: agree }
    : { openType: 'agreePrivacyAuthorization' as const, onAgreePrivacyAuthorization: agree }
  const footer = (
    <>
      <Button variant="secondary" block onClick={() => decide('disagree')}>
        {TEXTS.disagree}
      </Button>
      <Button id={AGREE_BUTTON_ID} block {...wechat}>
        {TEXTS.agree}
      </Button>
    </>
  )
  return (
    <Sheet open={sheetOpen} title={TEXTS.privacyTitle} footer={footer}>
      <View className="consent-sheet__lead">{TEXTS.privacyLead}</View>
      {TEXTS.privacyPoints.map((point) => (
        <View key={point} className="consent-sheet__point">
          <Icon name="check" size={20} className="consent-sheet__tick" />
          <Text>{point}</Text>
        </View>
      ))}
      <View className="consent-sheet__link" hoverClass="pressed" onClick={readAll}>
        {TEXTS.privacyRead}
      </View>
    </Sheet>
  )
}
