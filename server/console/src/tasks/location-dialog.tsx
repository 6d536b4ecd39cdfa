import type { AdminTaskDetail, AdminTaskRow } from '@shared/api/admin'
import type { Page } from '@shared/api/common'
import type { Position } from '@shared/geo'
import type { CoordinateType } from '@shared/api/homecare'
import { Alert, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { parseCoordinates, positionText, SYSTEM_OPTIONS, toGcj02 } from '../places/coordinates'
import { checkLocation } from '../places/location-check'
import { type Mark, ScaleDrawing } from '../places/scale-drawing'
import { siteOf } from './site'

/** Located tasks of the same customer, from one page of theirs. */
function useNeighbours(task: AdminTaskDetail) {
  const { data } = useAnswer<Page<AdminTaskRow>>({
    path: '/api/v1/admin/tasks',
    params: { q: task.customer_company || task.customer_name, page: 1, size: 50 },
    keep: false,
  })
  return (data?.list ?? []).flatMap((row) => {
    const site = siteOf(row)
    if (!site || row.id === task.id || row.customer_id !== task.customer_id) return []
    return [{ ...site, label: row.task_id, same: row.customer_address === task.customer_address }]
  })
}

/** Sets where the service takes place: coordinates typed or pasted, drawn to scale and checked before they count. */
export function LocationDialog({ task, onClose }: { task: AdminTaskDetail; onClose: () => void }) {
  const [text, setText] = useState('')
  const [system, setSystem] = useState<CoordinateType>('gcj02')
  const { act, running, refusal } = useAct({ done: '服务地点已保存', onDone: onClose, silent: true })
  const parsed = parseCoordinates(text)
  const position = parsed && toGcj02(parsed, system)
  const isWrong = text.trim() !== '' && !parsed
  const save = () =>
    position &&
    act({
      method: 'PATCH',
      path: `/api/v1/admin/tasks/${task.id}`,
      body: { service_latitude: position.latitude, service_longitude: position.longitude },
    })
  return (
    <Modal
      open
      width={680}
      title="设置服务地点"
      okText="保存"
      okButtonProps={{ disabled: !position }}
      confirmLoading={running}
      onOk={save}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <p className="dialog-note">{task.customer_address || '客户没有填写地址'}</p>
      <Form layout="vertical">
        <Form.Item
          label="坐标"
          htmlFor="location-text"
          validateStatus={isWrong ? 'error' : undefined}
          help={
            isWrong ? '没有识别出经纬度，请输入如 31.23, 121.47' : '纬度和经度用逗号或空格分开，先后不限，可以直接粘贴'
          }
        >
          <Input
            id="location-text"
            value={text}
            placeholder="31.230416, 121.473701"
            allowClear
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        </Form.Item>
        <Form.Item label="坐标系">
          <Radio.Group
            aria-label="坐标系"
            value={system}
            options={SYSTEM_OPTIONS}
            onChange={(event) => setSystem(event.target.value as CoordinateType)}
          />
        </Form.Item>
      </Form>
      {position && <Preview task={task} position={position} />}
    </Modal>
  )
}

function Preview({ task, position }: { task: AdminTaskDetail; position: Position }) {
  const previous = siteOf(task)
  const others = useNeighbours(task)
  const remarks = checkLocation({ position, address: task.customer_address, previous, others })
  const marks: Mark[] = [
    { ...position, label: '新位置', kind: 'site', radiusMeters: task.radius.radiusMeters },
    ...(previous ? [{ ...previous, label: '原位置', kind: 'former' } as const] : []),
    ...others.slice(0, 5).map((other): Mark => ({ ...other, kind: 'other' })),
  ]
  return (
    <div className="preview">
      <ScaleDrawing marks={marks} label="新位置、原位置与该客户其他任务的位置" size={240} />
      <div className="preview__words" aria-live="polite">
        <p>
          按 GCJ-02 保存为
          <br />
          <strong>{positionText(position)}</strong>
        </p>
        {remarks.map(({ tone, text }) => (
          <Alert key={text} type={tone} showIcon title={text} />
        ))}
      </div>
    </div>
  )
}
