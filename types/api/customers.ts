/** What a customer sees of their own account (miniprogram-api.md 1.x); unknown values are empty strings. */
export interface CustomerProfile {
  contact: string
  name: string
  phone: string
  address: string
  email: string
  wechat_avatar_url: string
}

export interface CustomerLogin {
  token: string
  userInfo: CustomerProfile
}

/** `PUT /user/profile`: `name` is the company, `contact` the person. */
export interface ProfileUpdate {
  contact: string
  name: string
  phone: string
  address: string
  email?: string | null
  avatar_file_id?: string | null
}

/** `POST /wechat/phone`: the profile may be that of an older row the phone led to; the token in use stays good. */
export interface PhoneBinding {
  phone: string
  userInfo: CustomerProfile
}
