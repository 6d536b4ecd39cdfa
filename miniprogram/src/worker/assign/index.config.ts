export default definePageConfig({ navigationBarTitleText: '选择工程师' })
