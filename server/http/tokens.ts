import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { AppError } from '../errors/app-error'

export type TokenType = 'customer' | 'staff'
export interface TokenClaims {
  sub: string
  typ: TokenType
  /** Issued at, seconds, to the millisecond. */
  iat: number
}

export interface Tokens {
  /** `notBefore`: tokens issued earlier are dead; after a step back of the clock a new one must not be among them. */
  issue(type: TokenType, subject: string, notBefore?: Date | null): string
  /** @throws AppError UNAUTHENTICATED or TOKEN_EXPIRED */
  verify(token: string): TokenClaims
}

const ISSUER = 'field-service'
const LIFETIME_SECONDS: Record<TokenType, number> = { customer: 7 * 24 * 3600, staff: 12 * 3600 }

/** HS256 tokens of customers (7 days) and staff (12 h); the type is part of what is signed. */
export function createTokens(secret: string, now: () => Date): Tokens {
  // Given text, jsonwebtoken first tries to read it as a public key, every time: fifty times the cost of the check.
  const key = createSecretKey(secret, 'utf8')
  return {
    issue: (typ, subject, notBefore) => {
      // With milliseconds: a token of the second in which the password changes must be told from the new one.
      const iat = Math.max(now().getTime(), notBefore?.getTime() ?? 0) / 1000
      return jwt.sign({ typ, iat, exp: iat + LIFETIME_SECONDS[typ] }, key, { subject, issuer: ISSUER })
    },
    verify: (token) => {
      try {
        const claims = jwt.verify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          clockTimestamp: now().getTime() / 1000,
        }) as jwt.JwtPayload
        if ((claims.typ !== 'customer' && claims.typ !== 'staff') || !claims.sub) throw new AppError('UNAUTHENTICATED')
        return { sub: claims.sub, typ: claims.typ, iat: claims.iat ?? 0 }
      } catch (error) {
        if (error instanceof AppError) throw error
        throw new AppError(error instanceof jwt.TokenExpiredError ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED', {
          cause: error,
        })
      }
    },
  }
}
