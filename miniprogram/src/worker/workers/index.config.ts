export default definePageConfig({ navigationBarTitleText: '工程师', enablePullDownRefresh: true })
