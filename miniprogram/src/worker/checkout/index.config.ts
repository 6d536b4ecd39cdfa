export default definePageConfig({ navigationBarTitleText: '离场签退' })
