import { IS_BROWSER } from './platform'

/** Accessible name and role: WeChat spells the attributes `aria-role`, browsers `role`. */
export function a11y(label: string, role?: string): Record<string, string | undefined> {
  return IS_BROWSER ? { 'aria-label': label, role } : { 'aria-label': label, 'aria-role': role }
}
