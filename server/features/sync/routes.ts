import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { syncAnswer, syncBody } from './schema'
import type { SyncService } from './service'

export function mountSyncRoutes({ route }: Family, { sync }: { sync: SyncService }) {
  route(
    'post',
    '/sync',
    {
      summary: '同步离线队列，逐项答复',
      access: staff('HOMECARE_WORKER'),
      body: syncBody,
      repeatable: '每一项以 clientId 为准，只处理一次',
      response: syncAnswer,
      errors: ['TOO_MANY_ITEMS', 'PAYLOAD_TOO_LARGE'],
    },
    ({ who, body }) => sync.sync(who, body.items),
  )
}
