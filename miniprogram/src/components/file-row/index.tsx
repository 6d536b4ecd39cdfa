import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import type { FileLink } from '@shared/api/files'
import { Icon } from '@/components/icon'
import { COMPONENT_TEXTS as T } from '@/components/texts'
import { errorText } from '@/shared/error-text'
import { openFile } from '@/services/open-file'
import './index.scss'

/** An attachment; a tap opens it with the phone's own viewer. */
export function FileRow({ file }: { file: FileLink }) {
  const [state, setState] = useState<{ busy: boolean; error: string }>({ busy: false, error: '' })
  const open = async () => {
    if (state.busy) return
    setState({ busy: true, error: '' })
    try {
      await openFile(file)
      setState({ busy: false, error: '' })
    } catch (error) {
      setState({ busy: false, error: errorText(error) })
    }
  }
  return (
    <View className="file-row" hoverClass="pressed" onClick={() => void open()}>
      <Icon name="file" className="file-row__icon" />
      <View className="file-row__text">
        <Text className="file-row__name">{file.name}</Text>
        {state.error ? <Text className="file-row__error">{state.error}</Text> : null}
      </View>
      <Text className="file-row__action">{state.busy ? T.opening : T.open}</Text>
    </View>
  )
}
