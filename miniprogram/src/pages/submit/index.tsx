import { useRouter } from '@tarojs/taro'
import { TASK_TYPES, type TaskType } from '@shared/task-types'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { prepareMessages } from '@/services/notices'
import { getProfile } from '@/services/profile'
import { listTaskTypes } from '@/services/task-types'
import { SubmitForm } from './submit-form'
import { SUBMIT_TEXTS as T } from './texts'
import './index.scss'

const loadForm = async () => {
  void prepareMessages()
  const [types, profile] = await Promise.all([listTaskTypes(), getProfile()])
  return { types, profile }
}

const isType = (text: string | undefined): text is TaskType => (TASK_TYPES as readonly unknown[]).includes(text)

export default function SubmitPage() {
  const { type } = useRouter().params
  const form = useResource(loadForm)
  if (form.data && form.data.types.length > 0)
    return <SubmitForm {...form.data} openedAs={isType(type) ? type : 'repair'} />
  return (
    <Page resource={form} skeleton="form" isEmpty={() => true} empty={{ icon: 'list', title: T.noTypes }}>
      {null}
    </Page>
  )
}
