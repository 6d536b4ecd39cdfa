import type { StoredFile } from '../../../types/api/files'
import type { Database } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import type { Upload } from '../../http/uploads'
import { shanghaiTime } from '../../time'
import type { Decoder } from '../files/decode'
import { IMAGE_RULE } from '../files/schema'
import type { FileService } from '../files/service'
import type { Once } from '../idempotency/service'
import type { CheckinSubject, VisitRepository } from './repository'
import type { EvidenceInput } from './schema'
import { stampPhoto } from './stamp'

export interface EvidenceDeps {
  repository: VisitRepository
  files: FileService
  decoder: Decoder
  transaction: Database['transaction']
  now: () => Date
}

/** Photos that prove a visit: the original stays untouched, a stamped copy is made beside it. */
export function createEvidence({ repository, files, decoder, transaction, now }: EvidenceDeps) {
  async function ownOrder(who: StaffPrincipal, workOrderId: string): Promise<CheckinSubject> {
    const subject = await repository.subject(workOrderId)
    if (!subject) throw new AppError('NOT_FOUND', { message: '工单不存在' })
    if ((subject.live_worker_id ?? subject.worker_id) !== who.id)
      throw new AppError('WORK_ORDER_NOT_MINE', { details: { reasonCode: 'WORKER_NOT_MATCHED' } })
    return subject
  }

  return {
    async add(
      who: StaffPrincipal,
      { input, upload, once }: { input: EvidenceInput; upload: Upload; once: Once },
    ): Promise<StoredFile> {
      const order = await ownOrder(who, input.workOrderId)
      const capturedAt = input.capturedAt ?? now()
      return files.store([{ upload, rule: IMAGE_RULE }], `staff:${who.id}`, async ([stored]) => {
        const stampedKey = `${stored!.storage_key}.stamped`
        const stamped = await stampPhoto(decoder, stored!.storage_key, stampedKey, [
          `${shanghaiTime(capturedAt)} +08:00`,
          order.task_id,
          coordinatesText(input),
        ])
        const row = {
          ...stored!,
          stamped_key: stamped ? stampedKey : null,
          captured_at: capturedAt,
          latitude: input.latitude ?? null,
          longitude: input.longitude ?? null,
        }
        return transaction(async (trx) => {
          await files.insert(trx, [row], { owner: 'evidence', task_id: order.id })
          const answer = files.toStoredFile(row)
          await once.save(trx, answer)
          return answer
        })
      })
    },
  }
}

export type Evidence = ReturnType<typeof createEvidence>

function coordinatesText({ latitude, longitude }: EvidenceInput): string {
  return latitude == null || longitude == null ? 'no position' : `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`
}
