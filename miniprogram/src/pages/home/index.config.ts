export default definePageConfig({ navigationBarTitleText: '研仪联', enablePullDownRefresh: true })
