import { z } from 'zod'
import { CATALOGUES, PROFILE_NAMES, PROFILES } from '../../connectors/external-site/profiles'
import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageQuery } from '../../http/fields'
import { pageOf } from '../../http/page'
import {
  accountParams,
  endpointBody,
  endpointChanges,
  endpointParams,
  endpointView,
  profileView,
  systemBody,
  systemChanges,
  systemParams,
  systemQuery,
  systemView,
} from './schema'
import type { ExternalSystemService } from './service'

const ADMIN = staff('ADMIN')
const done = z.object({ message: z.string() })

export function mountExternalSystemRoutes(
  { route }: Family,
  { externalSystems: systems }: { externalSystems: ExternalSystemService },
) {
  route(
    'get',
    '/admin/external/systems',
    {
      summary: '外部系统列表',
      access: ADMIN,
      query: systemQuery,
      response: pageOf(systemView),
      message: '获取成功',
    },
    ({ query }) => systems.list(query),
  )
  route(
    'get',
    '/admin/external/profiles',
    {
      summary: '配置模板：各模板的默认值与接口目录',
      access: ADMIN,
      response: z.object({ list: z.array(profileView) }),
      message: '获取成功',
    },
    async () => ({
      list: PROFILE_NAMES.map((name) => ({ name, profile: PROFILES[name], endpoints: CATALOGUES[name] })),
    }),
  )
  route(
    'post',
    '/admin/external/systems',
    {
      summary: '新增外部系统',
      access: ADMIN,
      body: systemBody,
      response: systemView,
      message: '已保存',
      errors: ['CONFLICT'],
      idempotent: true,
    },
    ({ who, body, once }) => systems.create(who, body, once),
  )
  route(
    'get',
    '/admin/external/systems/:system',
    {
      summary: '外部系统',
      access: ADMIN,
      params: systemParams,
      response: systemView,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ params }) => systems.detail(params.system),
  )
  route(
    'put',
    '/admin/external/systems/:system',
    {
      summary: '修改外部系统；没有给出的字段不变',
      access: ADMIN,
      params: systemParams,
      body: systemChanges,
      response: systemView,
      message: '已保存',
      errors: ['NOT_FOUND', 'CONFLICT'],
    },
    ({ who, params, body }) => systems.change(who, params.system, body),
  )
  route(
    'delete',
    '/admin/external/systems/:system',
    {
      summary: '删除外部系统及其账号；已拉取的工单保留',
      access: ADMIN,
      params: systemParams,
      response: done,
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => systems.remove(who, params.system),
  )
  route(
    'delete',
    '/admin/external/systems/:system/accounts/:account',
    { summary: '删除账号', access: ADMIN, params: accountParams, response: done, errors: ['NOT_FOUND'] },
    ({ who, params }) => systems.removeAccount(who, params.system, params.account),
  )
  route(
    'post',
    '/admin/external/:system/:account/logout',
    {
      summary: '退出登录：本地与外部系统的登录态都作废，下次使用时重新登录',
      access: ADMIN,
      params: accountParams,
      response: done,
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => systems.logOut(who, params),
  )
  mountEndpointRoutes({ route }, systems)
}

function mountEndpointRoutes({ route }: Pick<Family, 'route'>, systems: ExternalSystemService) {
  route(
    'get',
    '/admin/external/systems/:system/endpoints',
    {
      summary: '接口目录',
      access: ADMIN,
      params: systemParams,
      query: z.object(pageQuery(20)),
      response: pageOf(endpointView),
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ params, query }) => systems.endpoints(params.system, query),
  )
  route(
    'post',
    '/admin/external/systems/:system/endpoints',
    {
      summary: '新增接口',
      access: ADMIN,
      params: systemParams,
      body: endpointBody,
      response: endpointView,
      message: '已保存',
      errors: ['NOT_FOUND', 'CONFLICT'],
    },
    ({ who, params, body }) => systems.addEndpoint(who, params.system, body),
  )
  route(
    'put',
    '/admin/external/systems/:system/endpoints/:id',
    {
      summary: '修改接口',
      access: ADMIN,
      params: endpointParams,
      body: endpointChanges,
      response: endpointView,
      message: '已保存',
      errors: ['NOT_FOUND', 'CONFLICT'],
    },
    ({ who, params, body }) => systems.changeEndpoint(who, params, body),
  )
  route(
    'delete',
    '/admin/external/systems/:system/endpoints/:id',
    { summary: '删除接口', access: ADMIN, params: endpointParams, response: done, errors: ['NOT_FOUND'] },
    ({ who, params }) => systems.removeEndpoint(who, params),
  )
}
