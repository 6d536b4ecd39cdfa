import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { STEP, UPLOAD_LIMITS } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Choice } from '@/components/choice'
import { FileUploader } from '@/components/file-uploader'
import { useUploads } from '@/components/file-uploader/use-uploads'
import { NoticeBar } from '@/components/notice-bar'
import { Textarea } from '@/components/textarea'
import { STAFF_FILES } from '@/services/upload'
import { choicesAt } from './moves'
import { STEPS_TEXTS as T } from './texts'
import { useStepForm } from './use-step-form'

interface StepFormProps {
  order: WorkOrderDetail
  step: number
  onSaved: () => void
}

/** Adds to the present step or moves on, with words and photos. */
export function StepForm({ order, step, onSaved }: StepFormProps) {
  const photos = useUploads(STAFF_FILES)
  const tell = (how: 'sent' | 'queued') => {
    void Taro.showToast({ title: how === 'sent' ? T.saved : T.queued, icon: how === 'sent' ? 'success' : 'none' })
    onSaved()
  }
  const form = useStepForm({ order, step, photos, onSaved: tell })
  return (
    <Card>
      <View className="step-choice">
        <Choice
          label={T.action}
          required
          value={form.action}
          options={choicesAt(step)}
          onChange={form.choose}
          error={form.wrong.action}
        />
      </View>
      {form.action === String(STEP.confirmation) ? <NoticeBar text={T.toCustomer} /> : null}
      <Textarea
        label={T.description}
        required
        maxLength={2000}
        value={form.description}
        onChange={form.write}
        placeholder={T.placeholder[form.action || 'note']}
        error={form.wrong.description}
      />
      <FileUploader
        label={T.photos}
        kind="image"
        max={UPLOAD_LIMITS.maxImages}
        uploads={photos}
        hint={T.photosHint}
        keptHint={T.photosKept}
        error={form.wrong.photos}
      />
      {form.failure ? <NoticeBar tone="danger" text={form.failure} /> : null}
      <View className="step-submit">
        <Button block loading={form.busy} onClick={() => void form.submit()}>
          {T.submit}
        </Button>
      </View>
    </Card>
  )
}
