import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto'
import type { SiteProfile } from './profile'

/** The password as the login form sends it. RSA as jsencrypt does it: PKCS#1 v1.5, base64. */
export function sealPassword(password: string, form: SiteProfile['login']['password'], publicKey: string): string {
  if (form === 'plain') return password
  if (form === 'md5') return createHash('md5').update(password).digest('hex')
  const key = publicKey.includes('-----BEGIN')
    ? createPublicKey(publicKey)
    : createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password)).toString('base64')
}
