import type { Context } from '../context'
import { systemBody } from '../features/external-systems/schema'
import { newId } from '../ids'
import { WITHOUT_KEY } from '../features/idempotency/service'
import { DEFAULT_ORG_ID } from '../organisation'
import { SANDBOX_ACCOUNT, type SiteKind } from '../sandbox/external-site'
import { DEMO_STAFF } from './people'

const NAMES: Record<SiteKind, string> = { 'classic-cookie': 'demo-classic', ruoyi: 'demo-ruoyi' }

/**
 * Makes the sandbox sites known as external systems; their ports are others at every start. Nothing is called: the
 * first login comes with the first use.
 */
export async function linkSandboxSites(context: Context, urls: Record<SiteKind, string>): Promise<void> {
  const { externalSystems } = context
  const { list } = await externalSystems.list({ page: 1, size: 100 })
  for (const [profile, system_name] of Object.entries(NAMES) as [SiteKind, string][]) {
    const base_url = urls[profile]
    if (list.some((system) => system.system_name === system_name))
      await externalSystems.change(starter, system_name, { base_url })
    else
      await externalSystems.create(
        starter,
        systemBody.parse({ system_name, base_url, profile, accounts: [SANDBOX_ACCOUNT] }),
        WITHOUT_KEY,
      )
  }
}

/** In whose name the audit log has it. */
const starter = {
  typ: 'staff',
  id: newId(),
  name: '演示启动',
  role: 'ADMIN',
  email: DEMO_STAFF.admin.email,
  orgId: DEFAULT_ORG_ID,
  teamId: null,
} as const
