import type { PropsWithChildren } from 'react'
import Taro, { useDidShow, useLaunch, usePageNotFound } from '@tarojs/taro'
import { AGREE_BUTTON_ID } from '@/components/consent-sheet'
import { IS_BROWSER } from '@/shared/platform'
import { ROUTES } from '@/shared/routes'
import { holdAddress, keepAppFiles } from '@/services/browser-app'
import { startCloud } from '@/services/cloud'
import { flushQueue } from '@/services/offline-queue'
import { watchNetwork } from '@/services/network'
import { useConsent } from '@/stores/consent'
import './app.scss'

if (IS_BROWSER) holdAddress()

export default function App({ children }: PropsWithChildren) {
  useLaunch(() => {
    if (process.env.TARO_APP_TRANSPORT === 'cloud') startCloud()
    if (IS_BROWSER) keepAppFiles()
    else answerPrivacyQuestions()
    watchNetwork(() => void flushQueue())
  })
  useDidShow(() => void flushQueue())
  usePageNotFound(() => void Taro.switchTab({ url: ROUTES.home }))
  return children
}

/** WeChat asks before the first private API of a person who has not agreed, or after the guide changed. */
function answerPrivacyQuestions(): void {
  Taro.onNeedPrivacyAuthorization?.(((resolve: (answer: { buttonId?: string; event: string }) => void) => {
    useConsent.getState().openSheet((decision) => resolve({ buttonId: AGREE_BUTTON_ID, event: decision }))
  }) as never)
}
