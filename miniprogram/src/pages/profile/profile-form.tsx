import { View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Field } from '@/components/field'
import { NoticeBar } from '@/components/notice-bar'
import { IS_BROWSER, IS_DEMO } from '@/shared/platform'
import { TEXTS } from '@/shared/texts'
import { choosePlace } from '@/services/location'
import { PROFILE_TEXTS as T } from './texts'
import type { ProfileField, ProfileFormState } from './use-profile-form'

/** Who to call and where to go; a submission starts from these. */
export function ProfileForm({ form }: { form: ProfileFormState }) {
  const bind = (field: ProfileField) => ({
    value: form.values[field],
    error: form.wrong[field],
    onChange: (value: string) => form.set(field, value),
  })
  return (
    <Card title={T.form}>
      <Field
        {...bind('contact')}
        label={T.contact}
        required
        type="nickname"
        maxLength={50}
        placeholder={T.contactPlaceholder}
      />
      <Field {...bind('name')} label={T.company} required maxLength={100} placeholder={T.companyPlaceholder} />
      <Field
        {...bind('phone')}
        label={T.phone}
        required
        type="phone"
        maxLength={20}
        placeholder={T.phonePlaceholder}
        trailing={<WechatPhone onCode={(code) => void form.takeWechatPhone(code)} />}
      />
      <Field
        {...bind('address')}
        label={T.address}
        required
        maxLength={255}
        placeholder={T.addressPlaceholder}
        trailing={<FromMap onAddress={(address) => form.set('address', address)} />}
      />
      <Field {...bind('email')} label={T.email} type="email" maxLength={100} placeholder={T.emailPlaceholder} />
      {form.result ? <NoticeBar tone={form.result.tone} text={form.result.text} /> : null}
      <View className="profile-form__save">
        <Button block loading={form.busy} onClick={() => void form.save()}>
          {TEXTS.save}
        </Button>
      </View>
    </Card>
  )
}

/** WeChat's button for the verified number; in the browser's demo the sandbox gives one away. */
function WechatPhone({ onCode }: { onCode: (code: string) => void }) {
  if (IS_BROWSER && !IS_DEMO) return null
  if (IS_BROWSER)
    return (
      <Button size="sm" variant="quiet" onClick={() => onCode(demoPhoneCode())}>
        {T.demoPhone}
      </Button>
    )
  return (
    <Button
      size="sm"
      variant="quiet"
      openType="getPhoneNumber"
      onGetPhoneNumber={({ detail }) => detail.code && onCode(detail.code)}
    >
      {T.wechatPhone}
    </Button>
  )
}

/** What the sandbox WeChat takes for the answer of the phone button: a mobile number nobody has. */
const demoPhoneCode = () => `phone-199${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`

/** The address of a place on WeChat's map; browsers have none without a key. */
function FromMap({ onAddress }: { onAddress: (address: string) => void }) {
  if (IS_BROWSER) return null
  const choose = async () => {
    const place = await choosePlace()
    if (place) onAddress(`${place.address}${place.name}`)
  }
  return (
    <Button size="sm" variant="quiet" onClick={() => void choose()}>
      {T.map}
    </Button>
  )
}
