import { Text, View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Field } from '@/components/field'
import { Icon } from '@/components/icon'
import { a11y } from '@/shared/a11y'
import { formatCoordinates } from '@/shared/coordinates'
import { IS_BROWSER } from '@/shared/platform'
import type { FormPath } from '@/shared/submit-draft'
import { choosePlace } from '@/services/location'
import { SUBMIT_TEXTS as T } from './texts'
import { placeOf, type SubmitForm } from './use-submit-form'

const CONTACT = [
  { path: 'customer.name', label: T.contact, type: 'nickname', maxLength: 50, placeholder: T.contactPlaceholder },
  { path: 'customer.company', label: T.company, type: 'text', maxLength: 100, placeholder: T.companyPlaceholder },
  { path: 'customer.phone', label: T.phone, type: 'phone', maxLength: 20, placeholder: T.phonePlaceholder },
  { path: 'customer.address', label: T.address, type: 'text', maxLength: 255, placeholder: T.addressPlaceholder },
] as const

/** Who to call and where to go; filled from the profile. */
export function ContactFields({ form }: { form: SubmitForm }) {
  const bind = (path: FormPath) => ({
    value: form.values[path] ?? '',
    error: form.errors.of(path),
    onChange: (value: string) => form.set(path, value),
    onBlur: () => form.errors.leave(path),
  })
  return (
    <Card title={T.contactCard}>
      {CONTACT.map(({ path, ...field }) => (
        <View key={path} className="form-place" id={placeOf(path)}>
          <Field
            {...bind(path)}
            {...field}
            required
            trailing={path === 'customer.address' ? <FromMap form={form} /> : null}
          />
        </View>
      ))}
      <View className="form-place" id={placeOf('customer.coordinates')}>
        {IS_BROWSER ? (
          <Field
            {...bind('customer.coordinates')}
            label={T.coordinates}
            maxLength={50}
            placeholder={T.coordinatesPlaceholder}
            hint={T.coordinatesHint}
          />
        ) : (
          <PlaceChip form={form} />
        )}
      </View>
      <View className="form-place" id={placeOf('customer.email')}>
        <Field
          {...bind('customer.email')}
          label={T.email}
          type="email"
          maxLength={100}
          placeholder={T.emailPlaceholder}
        />
      </View>
    </Card>
  )
}

/** Address and position of a place on WeChat's map; browsers have no map without a key. */
function FromMap({ form }: { form: SubmitForm }) {
  if (IS_BROWSER) return null
  const choose = async () => {
    const place = await choosePlace()
    if (!place) return
    form.set('customer.address', `${place.address}${place.name}`)
    form.set('customer.coordinates', formatCoordinates(place))
  }
  return (
    <Button size="sm" variant="quiet" onClick={() => void choose()}>
      {T.map}
    </Button>
  )
}

/** The position that goes with the address, with a way to drop it. */
function PlaceChip({ form }: { form: SubmitForm }) {
  const coordinates = form.values['customer.coordinates']
  if (!coordinates) return null
  return (
    <View className="place-chip">
      <Icon name="location" size={20} />
      <Text className="place-chip__text numeric">{`${T.placed} ${coordinates}`}</Text>
      <View
        className="place-chip__remove"
        onClick={() => form.set('customer.coordinates', '')}
        {...a11y(T.unplace, 'button')}
      >
        <Icon name="close" size={16} />
      </View>
    </View>
  )
}
