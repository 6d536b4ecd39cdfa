import type { PropsWithChildren } from 'react'
import Taro, { useDidShow, useLaunch } from '@tarojs/taro'
import { AGREE_BUTTON_ID } from '@/components/consent-sheet'
import { IS_BROWSER } from '@/shared/platform'
import { flushQueue } from '@/services/offline-queue'
import { startSync } from '@/services/sync-start'
import { useConsent } from '@/stores/consent'
import './app.scss'

export default function App({ children }: PropsWithChildren) {
  useLaunch(() => {
    if (!IS_BROWSER) answerPrivacyQuestions()
    startSync()
  })
  useDidShow(() => void flushQueue())
  return children
}

/** WeChat asks before the first private API of a person who has not agreed, or after the guide changed. */
function answerPrivacyQuestions(): void {
  Taro.onNeedPrivacyAuthorization?.(((resolve: (answer: { buttonId?: string; event: string }) => void) => {
    useConsent.getState().openSheet((decision) => resolve({ buttonId: AGREE_BUTTON_ID, event: decision }))
  }) as never)
}
