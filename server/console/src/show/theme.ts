import { theme, type ThemeConfig } from 'antd'
import { useEffect, useState } from 'react'

const DARK = '(prefers-color-scheme: dark)'

/** Whether the system asks for dark pages, now. */
export function useIsDark(): boolean {
  const [isDark, setIsDark] = useState(() => window.matchMedia(DARK).matches)
  useEffect(() => {
    const media = window.matchMedia(DARK)
    const follow = () => setIsDark(media.matches)
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [])
  return isDark
}

const FONT = 'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif'

/** antd's own greys and status colours fall short of 4.5:1 on white; these do not. */
const LIGHT: ThemeConfig = {
  token: {
    colorPrimary: '#0f766e',
    colorPrimaryBg: '#e6f4f2',
    colorPrimaryBgHover: '#d3ebe7',
    colorLink: '#0f766e',
    colorInfo: '#0b5cad',
    colorSuccess: '#237804',
    colorWarning: '#ad4e00',
    colorError: '#c4161c',
    colorInfoBg: '#e6f0fa',
    colorInfoBorder: '#b3d1f0',
    colorSuccessBg: '#eaf6e4',
    colorSuccessBorder: '#bfe2ad',
    colorWarningBg: '#fdf1e0',
    colorWarningBorder: '#f3d19e',
    colorErrorBg: '#fdecec',
    colorErrorBorder: '#f3b9bb',
    colorTextSecondary: 'rgba(0, 0, 0, 0.68)',
    colorTextTertiary: 'rgba(0, 0, 0, 0.62)',
    colorTextDescription: 'rgba(0, 0, 0, 0.62)',
    colorTextPlaceholder: 'rgba(0, 0, 0, 0.58)',
    colorBgLayout: '#f3f5f6',
  },
}

const DARK_THEME: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    colorPrimary: '#2dd4bf',
    colorPrimaryBg: '#10312e',
    colorPrimaryBgHover: '#164540',
    colorLink: '#5eead4',
    colorError: '#ff8f8f',
    colorTextLightSolid: '#06201d',
    colorTextSecondary: 'rgba(255, 255, 255, 0.72)',
    colorTextTertiary: 'rgba(255, 255, 255, 0.65)',
    colorTextDescription: 'rgba(255, 255, 255, 0.65)',
    colorTextPlaceholder: 'rgba(255, 255, 255, 0.6)',
    colorBgLayout: '#0d1113',
  },
}

/** The looks of the console, as the system asks for them. */
export function themeFor(isDark: boolean): ThemeConfig {
  const { algorithm, token } = isDark ? DARK_THEME : LIGHT
  return {
    algorithm,
    token: { fontFamily: FONT, borderRadius: 6, ...token },
    components: {
      Layout: { headerHeight: 52, headerPadding: '0 20px', siderBg: 'transparent', headerBg: 'transparent' },
      Menu: { itemBorderRadius: 6, activeBarBorderWidth: 0, itemBg: 'transparent' },
    },
  }
}
