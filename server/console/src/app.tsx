import type { StaffUser } from '@shared/api/staff'
import { QueryClientProvider } from '@tanstack/react-query'
import { App as AntdApp, ConfigProvider, Result } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { lazy, Suspense, useState } from 'react'
import { BrowserRouter, Link, Navigate, Route, Routes, useLocation } from 'react-router-dom'
import { createQueryClient } from './api/query-client'
import { ROUTES } from './routes'
import { LoginAgain } from './session/login-again'
import { mayEnter, useMe, useStaff } from './session/session'
import { maySee, Shell } from './shell/shell'
import { Answered, Waiting } from './show/states'
import { themeFor, useIsDark } from './show/theme'

const Login = lazy(() => import('./pages/login'))

/**
 * Everything but the login needs somebody who may enter. Who was sent to the login comes back afterwards; who was here
 * already logs in over the page and loses nothing.
 */
function Inside() {
  const me = useMe()
  const { pathname, search } = useLocation()
  const [staff, setStaff] = useState<StaffUser | null>(null)
  const entered = me.data && mayEnter(me.data.role) ? me.data : null
  if (entered && entered !== staff) setStaff(entered)
  if (staff)
    return (
      <Shell key={staff.id} staff={staff}>
        <Pages />
        {!entered && <LoginAgain staff={staff} />}
      </Shell>
    )
  return (
    <Answered answer={me}>
      {() => <Navigate to={`/login?from=${encodeURIComponent(pathname + search)}`} replace />}
    </Answered>
  )
}

function Pages() {
  const staff = useStaff()
  return (
    <Routes>
      {ROUTES.map((route) => {
        const { path, element: Element } = route
        return <Route key={path} path={path} element={maySee(route, staff) ? <Element /> : <NotAllowed />} />
      })}
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

const home = <Link to="/">回到总览</Link>
const NotAllowed = () => <Result status="403" title="没有权限查看此页面" subTitle="请联系管理员" extra={home} />
const NotFound = () => <Result status="404" title="没有这个页面" extra={home} />

export function ConsoleApp() {
  const [client] = useState(createQueryClient)
  const isDark = useIsDark()
  return (
    <ConfigProvider locale={zhCN} theme={themeFor(isDark)} button={{ autoInsertSpace: false }}>
      <AntdApp message={{ maxCount: 3 }}>
        <QueryClientProvider client={client}>
          <BrowserRouter basename="/console">
            <Suspense fallback={<Waiting />}>
              <Routes>
                <Route path="/login" element={<Login />} />
                <Route path="*" element={<Inside />} />
              </Routes>
            </Suspense>
          </BrowserRouter>
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  )
}
