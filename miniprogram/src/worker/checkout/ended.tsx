import Taro from '@tarojs/taro'
import { Button } from '@/components/button'
import { Outcome, type OutcomeProps } from '@/components/outcome'
import { ROUTES } from '@/shared/routes'
import { backToOrder } from '../back-to-order'
import { CHECKOUT_TEXTS as T } from './texts'

/** What became of the check-out, and where to go on. */
export function Ended({ orderId, ...words }: OutcomeProps & { orderId: string }) {
  return (
    <Outcome {...words}>
      {words.tone === 'danger' ? (
        <Button block onClick={() => void Taro.redirectTo({ url: ROUTES.queue })}>
          {T.toQueue}
        </Button>
      ) : null}
      <Button block variant={words.tone === 'danger' ? 'secondary' : 'primary'} onClick={() => backToOrder(orderId)}>
        {T.toOrder}
      </Button>
    </Outcome>
  )
}
