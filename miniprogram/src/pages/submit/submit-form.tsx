import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import type { CustomerProfile } from '@shared/api/customers'
import type { TaskTypeInfo } from '@shared/api/tasks'
import { UPLOAD_LIMITS, type TaskType } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { FileUploader } from '@/components/file-uploader'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { ConfirmSheet } from '@/components/sheet'
import { Textarea } from '@/components/textarea'
import { ContactFields } from './contact-fields'
import { DeviceField } from './device-field'
import { DESCRIPTION_MAX } from './form'
import { SUBMIT_TEXTS as T } from './texts'
import { TypePicker } from './type-picker'
import { placeOf, useSubmitForm, type SubmitForm as Form } from './use-submit-form'

interface SubmitFormProps {
  types: TaskTypeInfo[]
  profile: CustomerProfile
  openedAs: TaskType
}

/** The whole form: what is asked for follows the type. */
export function SubmitForm({ types, profile, openedAs }: SubmitFormProps) {
  const form = useSubmitForm(types, profile, openedAs)
  return (
    <Page footer={<SubmitBar form={form} />}>
      <ResumeNotice form={form} />
      <Card title={T.type}>
        <TypePicker types={types} value={form.info.type} onChange={form.setType} />
      </Card>
      <Card title={T.device}>
        {form.info.fields.map((field) => (
          <View key={field.name} className="form-place" id={placeOf(field.name)}>
            <DeviceField
              field={field}
              value={form.values[field.name] ?? ''}
              error={form.errors.of(field.name)}
              onChange={(value) => form.set(field.name, value)}
              onLeave={() => form.errors.leave(field.name)}
            />
          </View>
        ))}
      </Card>
      <NeedFields form={form} />
      <ContactFields form={form} />
    </Page>
  )
}

/** What it is about in words, pictures and files. */
function NeedFields({ form }: { form: Form }) {
  return (
    <Card title={T.need}>
      <View className="form-place" id={placeOf('description')}>
        <Textarea
          label={T.description}
          required
          value={form.values.description ?? ''}
          error={form.errors.of('description')}
          onChange={(value) => form.set('description', value)}
          maxLength={DESCRIPTION_MAX}
          placeholder={T.descriptionPlaceholder}
        />
      </View>
      <View className="form-place" id={placeOf('files')}>
        <FileUploader
          label={T.photos}
          kind="image"
          max={UPLOAD_LIMITS.maxImages}
          uploads={form.uploads}
          hint={T.photosHint}
        />
        <FileUploader
          label={T.documents}
          kind="document"
          max={UPLOAD_LIMITS.maxFiles}
          uploads={form.uploads}
          hint={T.documentsHint}
          error={form.errors.of('files')}
        />
      </View>
    </Card>
  )
}

/** Says that an unfinished form came back, and offers an empty one. */
function ResumeNotice({ form }: { form: Form }) {
  const [asking, setAsking] = useState(false)
  if (!form.resume) return null
  const startOver = () => {
    setAsking(false)
    form.startOver()
  }
  return (
    <View className="submit-resume">
      <View className="submit-resume__row">
        <Text className="submit-resume__text">{T.resumed}</Text>
        <Button size="sm" variant="quiet" onClick={() => setAsking(true)}>
          {T.startOver}
        </Button>
      </View>
      {form.resume.lostFiles > 0 ? <NoticeBar tone="warn" text={T.filesLost(form.resume.lostFiles)} /> : null}
      <ConfirmSheet
        open={asking}
        title={T.startOverTitle}
        text={T.startOverText}
        confirmLabel={T.startOver}
        danger
        onConfirm={startOver}
        onClose={() => setAsking(false)}
      />
    </View>
  )
}

function SubmitBar({ form }: { form: Form }) {
  const { failure, errors } = form
  return (
    <View className="submit-bar">
      {failure ? <NoticeBar tone="danger" text={[failure.text, failure.hint].filter(Boolean).join('。')} /> : null}
      {!failure && errors.count > 0 ? <View className="submit-bar__wrong">{T.wrongCount(errors.count)}</View> : null}
      <Button block loading={form.busy} onClick={form.submit}>
        {T.submit}
      </Button>
    </View>
  )
}
