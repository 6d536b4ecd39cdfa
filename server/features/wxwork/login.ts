import type { Vault } from '../../vault'
import type { Access } from './access'
import { CHECK_NOW, NO_OPTIONS } from './machine'
import type { SessionChanges, WxworkRepository, WxworkSession } from './repository'
import type { InitBody } from './schema'
import { optionsPurpose } from './sealing'

export interface LoginDeps {
  repository: WxworkRepository
  access: Access
  vault: Vault
  callbackUrl: string
  intervalMs: number
  /** Look at what is due now rather than at the next tick. */
  poke(): void
}

/** The steps of a login: open a client, register our callback, then a QR code or the account's own way back. */
export function createLogin(deps: LoginDeps) {
  const { repository, access, vault, intervalMs } = deps
  const { gateway, tell, change, chosen, adopt, later } = access

  async function open(body: InitBody) {
    const { vid, ...options } = body
    const opened = await tell(null, 'init', body, () => gateway().init(body))
    const known = (await repository.findByUuid(opened.uuid)) ?? (vid ? await repository.findByVid(vid) : null)
    const changes: SessionChanges = {
      ...chosen(),
      ...(vid ? { vid } : {}),
      uuid: opened.uuid,
      is_login: opened.isLogin,
      state: opened.isLogin ? 'ONLINE' : 'INITIALISED',
      last_event: 'init',
      tries: 0,
      next_try_at: null,
      qr_fetched: false,
      qrcode: null,
      qrcode_key: '',
      qrcode_expires_at: null,
      next_check_at: opened.isLogin ? CHECK_NOW : later(intervalMs),
    }
    if (known) await change(known, changes)
    const session = known ? (await repository.find(known.id))! : await adopt(opened.uuid, changes)
    const plain = JSON.stringify({ ...NO_OPTIONS, ...options })
    await change(session, { init_options: vault.seal(plain, optionsPurpose(session.id)) })
    deps.poke()
    return { session, opened }
  }

  async function register(uuid: string, session: WxworkSession | null, url = deps.callbackUrl) {
    const result = await tell(session, 'SetCallbackUrl', { uuid, url }, () => gateway().setCallbackUrl(uuid, url))
    await adopt(uuid, { last_event: 'SetCallbackUrl', callback_uuid: uuid, ...chosen() })
    return result
  }

  async function fetchQr(uuid: string, session: WxworkSession | null) {
    const qr = await tell(session, 'getQrCode', { uuid }, () => gateway().getQrCode(uuid))
    await adopt(uuid, {
      ...chosen(),
      state: 'QR_WAITING',
      is_login: false,
      qrcode: qr.qrcode,
      qrcode_picture: qr.picture || null,
      qrcode_key: qr.qrcodeKey.slice(0, 255),
      qrcode_expires_at: later(qr.ttlSeconds * 1000),
      last_event: 'getQrCode',
    })
    return qr
  }

  async function logIn(uuid: string, session: WxworkSession | null) {
    const result = await tell(session, 'automaticLogin', { uuid }, () => gateway().automaticLogin(uuid))
    await adopt(uuid, { ...chosen(), last_event: 'automaticLogin', next_check_at: CHECK_NOW })
    deps.poke()
    return result
  }

  return { open, register, fetchQr, logIn }
}
