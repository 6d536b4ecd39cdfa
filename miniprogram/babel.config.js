// The preset looks for browserslist in the working directory only, so the targets are stated here.
module.exports = {
  presets: [
    [
      'taro',
      {
        framework: 'react',
        ts: true,
        compiler: 'webpack5',
        useBuiltIns: false,
        targets: { ios: '12', android: '7', chrome: '80' },
      },
    ],
  ],
}
