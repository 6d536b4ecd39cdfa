import type { Config } from '../config/config'
import { type SiteKind, startExternalSiteSandbox } from './external-site'
import { startNgsSandbox } from './ngs'
import { startWechatSandbox } from './wechat'
import { startWxworkSandbox } from './wxwork'

export interface Sandboxes {
  urls: Record<'wechat' | 'ngs' | 'wxwork' | SiteKind, string>
  close(): Promise<void>
}

/** Starts the partners' stand-ins on free loopback ports; null where the real ones are used. */
export async function startSandboxes({ upstreams, wechat, ngs }: Config): Promise<Sandboxes | null> {
  if (upstreams !== 'sandbox') return null
  const sandboxes = {
    wechat: await startWechatSandbox({ appId: wechat?.appId, secret: wechat?.secret }),
    ngs: await startNgsSandbox({ token: ngs?.token, dataSource: ngs?.ds }),
    classic: await startExternalSiteSandbox({ kind: 'classic-cookie' }),
    ruoyi: await startExternalSiteSandbox({ kind: 'ruoyi' }),
    wxwork: await startWxworkSandbox(),
  }
  return {
    urls: {
      wechat: sandboxes.wechat.url,
      ngs: sandboxes.ngs.url,
      'classic-cookie': sandboxes.classic.url,
      ruoyi: sandboxes.ruoyi.url,
      wxwork: sandboxes.wxwork.url,
    },
    close: async () => {
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()))
    },
  }
}
