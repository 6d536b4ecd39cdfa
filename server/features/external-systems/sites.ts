import { createExternalSite, type ExternalSite, type SiteOptions } from '../../connectors/external-site'
import type { HttpCall } from '../../connectors/kit/http'
import { mergeProfile, profileSchema, type SiteProfile } from '../../connectors/external-site/profile'
import { type ProfileName, PROFILES, type SiteEndpoint } from '../../connectors/external-site/profiles'
import { AppError } from '../../errors/app-error'
import type { SystemRow } from './repository'

/** A system with what it takes to talk to it. */
export interface OpenSystem {
  system: SystemRow
  profile: SiteProfile
  site: ExternalSite
}

/** The profile with the system's overrides. @throws AppError INVALID_INPUT naming the first wrong override */
export function profileOf(name: string, overrides: unknown): SiteProfile {
  const base = PROFILES[name as ProfileName]
  const parsed = profileSchema.safeParse(mergeProfile(base, overrides))
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({
    path: ['overrides', ...issue.path, ...('keys' in issue ? (issue.keys ?? []).slice(0, 1) : [])].join('.'),
    message: '覆盖配置与模板不符',
  }))
  throw new AppError('INVALID_INPUT', { message: `${fields[0]!.message}（${fields[0]!.path}）`, details: { fields } })
}

/** One connection per system, made anew when its row changed or when asked to forget a site's failures. */
export function createSites(options: Pick<SiteOptions, 'log' | 'record' | 'now'>) {
  const open = new Map<string, { version: string; opened: OpenSystem }>()

  return {
    open(system: SystemRow, endpoints: SiteEndpoint[]): OpenSystem {
      const version = JSON.stringify([system.update_time, system.base_url, system.profile, system.overrides, endpoints])
      const found = open.get(system.id)
      if (found?.version === version) return { ...found.opened, system }
      const profile = profileOf(system.profile, JSON.parse(system.overrides))
      const { system_name, base_url } = system
      const site = createExternalSite({ ...options, systemName: system_name, baseUrl: base_url, profile, endpoints })
      const opened = { system, profile, site }
      open.set(system.id, { version, opened })
      return opened
    },

    /** A connection of its own whose calls are also handed to `watch`, masked; the caller closes its site. */
    probe(system: SystemRow, endpoints: SiteEndpoint[], watch: (call: HttpCall) => void): OpenSystem {
      const profile = profileOf(system.profile, JSON.parse(system.overrides))
      const record: SiteOptions['record'] = (call, notes) => {
        options.record(call, notes)
        watch(call)
      }
      const { system_name: systemName, base_url: baseUrl } = system
      return {
        system,
        profile,
        site: createExternalSite({ ...options, record, systemName, baseUrl, profile, endpoints }),
      }
    },

    /**
     * Forgets the open circuit of a site that an admin says is back. The old connection is not closed: a pull goes on
     * with it for as long as it takes, and sockets that nobody uses close by themselves.
     */
    forget: (id: string) => void open.delete(id),

    /** By system: what its circuit says. */
    states: (): [string, string][] =>
      [...open.values()].map(({ opened }) => [opened.system.system_name, opened.site.state()]),

    async close(): Promise<void> {
      await Promise.all([...open.values()].map(({ opened }) => opened.site.close()))
      open.clear()
    },
  }
}

export type Sites = ReturnType<typeof createSites>
