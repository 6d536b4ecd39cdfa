import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { CustomerProfile } from '@shared/api/customers'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { ConfirmSheet } from '@/components/sheet'
import { formatPhone } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { getProfile } from '@/services/profile'
import { logoutCustomer } from '@/services/session'
import { useSession } from '@/stores/session'
import { Avatar } from './avatar'
import { ProfileForm } from './profile-form'
import { PROFILE_TEXTS as T } from './texts'
import { useProfileForm, type ProfileFormState } from './use-profile-form'
import './index.scss'

export default function ProfilePage() {
  const profile = useResource(getProfile)
  return (
    <View className="profile">
      <Page resource={profile} skeleton="form">
        {(data) => <ProfileBody profile={data} onSaved={profile.replace} />}
      </Page>
      <ProfileLinks />
    </View>
  )
}

interface ProfileProps {
  profile: CustomerProfile
  onSaved: (profile: CustomerProfile) => void
}

function ProfileBody({ profile, onSaved }: ProfileProps) {
  const form = useProfileForm(profile, onSaved)
  return (
    <>
      <ProfileHead profile={profile} form={form} />
      <ProfileForm form={form} />
    </>
  )
}

function ProfileHead({ profile, form }: { profile: CustomerProfile; form: ProfileFormState }) {
  return (
    <View className="profile-head">
      <Avatar url={form.avatar?.url || profile.wechat_avatar_url} onStored={form.takeAvatar} />
      <View className="profile-head__text">
        <Text className="profile-head__name">{profile.contact || T.newcomer}</Text>
        <Text className="profile-head__fact">{profile.name || T.noCompany}</Text>
        {profile.phone ? <Text className="profile-head__fact numeric">{formatPhone(profile.phone)}</Text> : null}
      </View>
    </View>
  )
}

/** Ways on that need no login, so they stand below whatever state the page is in. */
function ProfileLinks() {
  const [asking, setAsking] = useState(false)
  const loggedIn = useSession((session) => session.customerToken !== null)
  const go = (url: string) => () => void Taro.navigateTo({ url })
  const leave = () => {
    logoutCustomer()
    setAsking(false)
  }
  return (
    <View className="profile-links">
      <Card className="cell-group">
        <Cell icon="bell" label={T.notices} onClick={go(ROUTES.notices)} />
        <Cell icon="shield" label={T.privacy} onClick={go(ROUTES.privacy)} />
        <Cell icon="badge" label={T.staff} onClick={go(ROUTES.staffLogin)} />
        {loggedIn ? <Cell icon="logout" label={T.logout} danger onClick={() => setAsking(true)} /> : null}
      </Card>
      <ConfirmSheet
        open={asking}
        title={T.logoutTitle}
        text={T.logoutText}
        confirmLabel={T.logout}
        danger
        onConfirm={leave}
        onClose={() => setAsking(false)}
      />
    </View>
  )
}
