import type { AdminTaskDetail } from '@shared/api/admin'
import { STEP, STEP_LABELS } from '@shared/task-types'
import { Alert, Form, Input, Modal, Radio } from 'antd'
import { useAct } from '../api/use-act'
import { checkArrived, checkTaken, fileIdsOf, MAX_FILES, toUploaded, type Uploaded, Uploads } from './uploads'

/** Where staff may move a task from each step (server/features/work-orders/moves.ts); the server decides. */
const NEXT: Record<number, number[]> = {
  [STEP.dispatched]: [STEP.diagnosis],
  [STEP.diagnosis]: [STEP.quote, STEP.execution],
  [STEP.quote]: [STEP.confirmation],
  [STEP.execution]: [STEP.done],
}

/** The steps that can be written to now: the present one, and those that may follow. */
export const stepChoices = ({ status, current_step }: Pick<AdminTaskDetail, 'status' | 'current_step'>): number[] =>
  status === 'open' ? [current_step, ...(NEXT[current_step] ?? [])] : []

interface Values {
  step: number
  description: string
  files?: Uploaded[]
}

export function StepDialog({ task, onClose }: { task: AdminTaskDetail; onClose: () => void }) {
  const [form] = Form.useForm<Values>()
  const { act, running, refusal } = useAct({ done: '已保存', onDone: onClose, silent: true })
  return (
    <Modal
      open
      title="填写步骤"
      okText="保存"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ step: task.current_step }}
        onFinish={({ files, ...body }) =>
          act({ path: `/homecare/work-orders/${task.id}/steps`, body: { ...body, fileIds: fileIdsOf(files) } })
        }
      >
        {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
        <Form.Item name="step" label="步骤">
          <Radio.Group
            vertical
            options={stepChoices(task).map((step) => ({
              value: step,
              label: step === task.current_step ? `补充“${STEP_LABELS[step]}”` : `进入“${STEP_LABELS[step]}”`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="description"
          label="说明"
          extra="客户会在任务进度里看到"
          rules={[{ required: true, whitespace: true, message: '请填写说明' }]}
        >
          <Input.TextArea maxLength={2000} showCount rows={3} />
        </Form.Item>
        <Form.Item
          name="files"
          label="照片与文件"
          valuePropName="fileList"
          getValueFromEvent={({ fileList }: { fileList: Uploaded[] }) => toUploaded(fileList)}
          extra={`最多 ${MAX_FILES} 个`}
          rules={[
            { validator: (_, files: Uploaded[] = []) => checkTaken(files) },
            { validator: (_, files: Uploaded[] = []) => checkArrived(files), validateTrigger: 'onSubmit' },
          ]}
        >
          <Uploads />
        </Form.Item>
      </Form>
    </Modal>
  )
}
