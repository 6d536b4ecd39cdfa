import { useState } from 'react'
import { Button, Image, View, type ButtonProps } from '@tarojs/components'
import type { StoredFile } from '@shared/api/files'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { a11y } from '@/shared/a11y'
import { errorText } from '@/shared/error-text'
import { IS_BROWSER } from '@/shared/platform'
import { absoluteUrl } from '@/shared/server-address'
import { pickImages, type PickedFile } from '@/services/pick-files'
import { CUSTOMER_FILES, startUpload } from '@/services/upload'
import { PROFILE_TEXTS } from './texts'

interface AvatarProps {
  url: string
  /** Takes the stored picture into the profile; throws what the server refused. */
  onStored: (stored: StoredFile) => Promise<void>
}

/** The customer's picture; a tap chooses another one (WeChat's own chooser there). */
export function Avatar({ url, onStored }: AvatarProps) {
  const [state, setState] = useState({ busy: false, error: '' })
  const keep = async (picked: PickedFile) => {
    setState({ busy: true, error: '' })
    try {
      await onStored(await startUpload(picked, CUSTOMER_FILES).result)
      setState({ busy: false, error: '' })
    } catch (error) {
      setState({ busy: false, error: errorText(error) })
    }
  }
  return (
    <View className="avatar">
      <Button className="avatar__button" {...chooser(keep)} {...a11y(PROFILE_TEXTS.avatar, 'button')}>
        {url ? (
          <Image className="avatar__image" mode="aspectFill" src={absoluteUrl(url)} />
        ) : (
          <Icon name="user" size={40} />
        )}
        <View className="avatar__edit">
          <Icon name={state.busy ? 'clock' : 'camera'} size={16} />
        </View>
      </Button>
      {state.error ? <NoticeBar tone="danger" text={state.error} /> : null}
    </View>
  )
}

function chooser(keep: (picked: PickedFile) => Promise<void>): Partial<ButtonProps> {
  if (IS_BROWSER) {
    return { onClick: () => void pickImages(1).then(([picked]) => (picked ? keep(picked) : undefined)) }
  }
  return {
    openType: 'chooseAvatar',
    onChooseAvatar: ({ detail }) => void keep({ path: detail.avatarUrl, name: 'avatar.jpg', size: 0, kind: 'image' }),
  }
}
