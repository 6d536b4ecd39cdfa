import Taro from '@tarojs/taro'
import { ROUTES } from '@/shared/routes'

/** Back to the work order: the page before this one, unless the app was opened right here. */
export function backToOrder(orderId: string): void {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack()
  else void Taro.redirectTo({ url: ROUTES.order(orderId) })
}
