import { EmptyState } from '@/components/empty-state'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { TEXTS } from '@/shared/texts'
import { loginCustomer } from '@/services/session'
import { useConsent } from '@/stores/consent'

/** Why nothing can be shown, with the one thing to do about it: agree, log in or try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const kind = error instanceof ApiError ? error.kind : 'server'
  if (kind === 'consent') {
    const open = () => useConsent.getState().openSheet()
    return <EmptyState icon="shield" title={TEXTS.consentNeeded} action={{ label: TEXTS.consentOpen, onClick: open }} />
  }
  if (kind === 'unauthenticated') {
    // The new login makes the page load again by itself; a failure shows as the page's next error.
    const login = () => void loginCustomer().catch(onRetry)
    return <EmptyState icon="user" title={errorText(error)} action={{ label: TEXTS.login, onClick: login }} />
  }
  const icon = kind === 'network' || kind === 'timeout' ? 'offline' : 'alert'
  return <EmptyState icon={icon} title={errorText(error)} action={{ label: TEXTS.retry, onClick: onRetry }} />
}
