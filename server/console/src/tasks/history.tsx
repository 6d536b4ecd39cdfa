import type { AdminTaskDetail } from '@shared/api/admin'
import { type FileLink, withoutDefaultAddress } from '@shared/api/files'
import { STEP } from '@shared/task-types'
import { Empty, Image, Timeline as Times } from 'antd'
import { Panel } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText, timeText } from '../show/format'
import { StateTag } from '../show/tag'

/** Pictures to look at in place, other files to open. */
export function Files({ images, files }: { images: FileLink[]; files: FileLink[] }) {
  return (
    <>
      {images.length > 0 && (
        <Image.PreviewGroup>
          <div className="pictures">
            {images.map(({ url, name }) => (
              <Image key={url} src={withoutDefaultAddress(url)} alt={name} width={96} height={96} />
            ))}
          </div>
        </Image.PreviewGroup>
      )}
      {files.map(({ url, name }) => (
        <div key={url} className="file">
          <a href={withoutDefaultAddress(url)} target="_blank" rel="noreferrer">
            <Cut>{name}</Cut>
          </a>
        </div>
      ))}
    </>
  )
}

export function Submission({ task: { description, submission } }: { task: AdminTaskDetail }) {
  return (
    <Panel title="客户描述与附件">
      <p className="words">{description || '—'}</p>
      <Files images={submission.images} files={submission.files} />
    </Panel>
  )
}

/** What was written at every step but the first, which is the submission itself; newest last. */
export function StepRecords({ task: { step_records } }: { task: AdminTaskDetail }) {
  const written = step_records.filter(
    ({ step, description, images, files }) => step > STEP.submitted && (description || images.length + files.length),
  )
  if (written.length === 0) return null
  return (
    <Panel title="步骤记录">
      <ul className="records">
        {written.map((record) => (
          <li key={record.id}>
            <div className="records__head">
              <StateTag tone="teal">{record.step_label}</StateTag>
              <span className="soft">
                {record.author} {minuteText(record.created_at)}
              </span>
            </div>
            <p className="words">{record.description}</p>
            <Files images={record.images} files={record.files} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** Everything that happened, newest first. */
export function Timeline({ events }: { events: AdminTaskDetail['events'] }) {
  return (
    <Panel title="时间线">
      {events.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有记录" />}
      <Times
        items={events.toReversed().map(({ title, description, actor, created_at }, fromEnd) => ({
          key: events.length - fromEnd,
          content: (
            <>
              <strong>{title}</strong>
              {description && <p className="words">{description}</p>}
              <div className="soft">
                {actor} {timeText(created_at)}
              </div>
            </>
          ),
        }))}
      />
    </Panel>
  )
}
