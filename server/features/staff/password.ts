import { type Algorithm, hash, verify } from '@node-rs/argon2'

const ARGON2ID = 2 as Algorithm // the package's enum exists in its types only

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS)

let decoy: Promise<string> | undefined

/** Compares with a stored hash; with none it takes just as long and says no. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password')
  const matches = await verify(stored ?? (await decoy), password, PARAMETERS)
  return matches && stored !== null
}
