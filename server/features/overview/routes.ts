import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { overview as response } from './schema'
import type { OverviewService } from './service'

export function mountOverviewRoutes({ route }: Family, { overview }: { overview: OverviewService }) {
  route(
    'get',
    '/admin/overview',
    {
      summary: '总览：今日、在办、待关注、合作系统与最近 30 天',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      response,
      message: '获取成功',
    },
    () => overview.get(),
  )
}
