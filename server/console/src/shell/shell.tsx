import { LogoutOutlined, MenuFoldOutlined, MenuUnfoldOutlined, UserOutlined } from '@ant-design/icons'
import type { StaffUser } from '@shared/api/staff'
import { Button, Dropdown, Layout, Menu, type MenuProps } from 'antd'
import { type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { Link, useLocation } from 'react-router-dom'
import { useLive } from '../live/use-live'
import { MENU_GROUPS, type PageRoute, ROUTES } from '../routes'
import { ROLE_LABELS, StaffContext, useLogout } from '../session/session'
import { Waiting } from '../show/states'
import { LiveBadge } from './live-badge'
import { PasswordDialog } from './password-dialog'

const NARROW = '(max-width: 1100px)'

export const maySee = ({ roles }: PageRoute, { role }: StaffUser): boolean => !roles || roles.includes(role)

function menuItems(staff: StaffUser): MenuProps['items'] {
  return MENU_GROUPS.map((group) => ({
    type: 'group' as const,
    key: group,
    label: group,
    children: ROUTES.filter((route) => route.entry?.group === group && maySee(route, staff)).map(({ path, entry }) => ({
      key: path,
      icon: entry?.icon,
      title: entry?.label,
      label: <Link to={path}>{entry?.label}</Link>,
    })),
  })).filter(({ children }) => children.length > 0)
}

/** The entry whose address is the nearest to the page's. */
const entryOf = (pathname: string): string =>
  ROUTES.filter(({ path, entry }) => entry && (pathname === path || (path !== '/' && pathname.startsWith(`${path}/`))))
    .map(({ path }) => path)
    .toSorted((a, b) => b.length - a.length)[0] ?? ''

/** Collapsed where the screen is narrow, and wherever somebody wants it. */
function useCollapsed() {
  const [isCollapsed, setIsCollapsed] = useState(() => window.matchMedia(NARROW).matches)
  useEffect(() => {
    const media = window.matchMedia(NARROW)
    const follow = () => setIsCollapsed(media.matches)
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [])
  return [isCollapsed, () => setIsCollapsed((was) => !was)] as const
}

function Account({ staff }: { staff: StaffUser }) {
  const logout = useLogout()
  const [isChanging, setIsChanging] = useState(false)
  const items: MenuProps['items'] = [
    { key: 'password', label: '修改密码', icon: <UserOutlined aria-hidden />, onClick: () => setIsChanging(true) },
    { key: 'logout', label: '退出登录', icon: <LogoutOutlined aria-hidden />, onClick: () => void logout() },
  ]
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button type="text" icon={<UserOutlined aria-hidden />} className="account">
          <span className="cut">{staff.full_name}</span>
          <span className="account__role">{ROLE_LABELS[staff.role]}</span>
        </Button>
      </Dropdown>
      {isChanging && <PasswordDialog onClose={() => setIsChanging(false)} />}
    </>
  )
}

/** The frame around every page: menu, connection, account. */
export function Shell({ staff, children }: { staff: StaffUser; children: ReactNode }) {
  const { pathname } = useLocation()
  const [isCollapsed, toggle] = useCollapsed()
  const live = useLive()
  const items = useMemo(() => menuItems(staff), [staff])
  const content = useRef<HTMLElement>(null)
  useEffect(() => {
    content.current?.scrollTo(0, 0)
  }, [pathname])
  return (
    <StaffContext.Provider value={staff}>
      <a className="skip" href="#shell-content">
        跳到正文
      </a>
      <Layout className="shell">
        <Layout.Sider className="shell__side" width={200} collapsedWidth={64} collapsed={isCollapsed} trigger={null}>
          <div className="brand">{isCollapsed ? '研' : '研仪联 · 管理后台'}</div>
          <nav aria-label="主菜单">
            <Menu mode="inline" selectedKeys={[entryOf(pathname)]} items={items} />
          </nav>
        </Layout.Sider>
        <Layout>
          <Layout.Header className="shell__top">
            <Button
              type="text"
              aria-label={isCollapsed ? '展开菜单' : '收起菜单'}
              aria-expanded={!isCollapsed}
              icon={isCollapsed ? <MenuUnfoldOutlined aria-hidden /> : <MenuFoldOutlined aria-hidden />}
              onClick={toggle}
            />
            <div className="shell__right">
              <LiveBadge state={live} />
              <Account staff={staff} />
            </div>
          </Layout.Header>
          <main id="shell-content" className="shell__content" ref={content} tabIndex={0}>
            <Suspense fallback={<Waiting />}>{children}</Suspense>
          </main>
        </Layout>
      </Layout>
    </StaffContext.Provider>
  )
}
