import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { OfflineTicket, ReasonCode } from '../../../types/api/homecare'

const LIFETIME_MS = 72 * 3600 * 1000

type Unsigned = Omit<OfflineTicket, 'signature'>

/** Offline tickets: site and radius in force when they were given, signed, for one check-in each (field-work.md). */
export function createTickets({ secret, now }: { secret: string; now: () => Date }) {
  const key = createHmac('sha256', secret).update('offline-tickets').digest()
  const sign = (ticket: Unsigned) =>
    createHmac('sha256', key)
      .update(
        JSON.stringify([
          ticket.workOrderId,
          ticket.workerId,
          ticket.latitude,
          ticket.longitude,
          ticket.radiusMeters,
          ticket.nonce,
          ticket.expiresAt,
        ]),
      )
      .digest('base64url')

  return {
    issue(about: Omit<Unsigned, 'nonce' | 'expiresAt'>): OfflineTicket {
      const nonce = randomBytes(16).toString('hex')
      const expiresAt = new Date(now().getTime() + LIFETIME_MS).toISOString()
      const ticket: Unsigned = { ...about, nonce, expiresAt }
      return { ...ticket, signature: sign(ticket) }
    },

    /** Why a ticket does not count for this worker, order and moment; null when it does. `expired` leaves today's rules. */
    fault(
      ticket: OfflineTicket,
      use: { workOrderId: string; workerId: string; at: Date },
    ): ReasonCode | 'expired' | null {
      const given = Buffer.from(ticket.signature)
      const expected = Buffer.from(sign(ticket))
      const genuine = given.length === expected.length && timingSafeEqual(given, expected)
      if (!genuine || ticket.workOrderId !== use.workOrderId || ticket.workerId !== use.workerId)
        return 'TICKET_INVALID'
      return new Date(ticket.expiresAt) < use.at ? 'expired' : null
    },
  }
}

export type Tickets = ReturnType<typeof createTickets>
