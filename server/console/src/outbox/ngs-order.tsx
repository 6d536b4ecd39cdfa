import { Button } from 'antd'
import { useState } from 'react'
import { NumberDialog, type NumberField } from '../show/number-dialog'

const FIELDS: NumberField[] = [
  { name: 'oId', label: '工单 oId', max: 100, required: true },
  { name: 'taskId', label: '工单 taskId', max: 100, required: true },
]

/** Enters what ngs calls a task's order, where only a person can know it; what waits for it leaves at once. */
export function NgsOrderButton({ id, number }: { id: string; number: string }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button type="link" size="small" aria-label={`录入 ngs 编号 ${number}`} onClick={() => setIsOpen(true)}>
        录入 ngs 编号
      </Button>
      {isOpen && (
        <NumberDialog
          title={`任务 ${number} 在 ngs 的工单编号`}
          note="在 ngs 里找到这个任务的工单后填写；保存后不能再改，等待它的写入随即发送。"
          fields={FIELDS}
          initial={{}}
          path={`/api/v1/admin/ngs/tasks/${id}/order`}
          method="POST"
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  )
}
