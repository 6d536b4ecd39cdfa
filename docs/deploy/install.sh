#!/bin/sh
# 把构建好的版本放到部署目录，在源码目录里运行：sudo sh docs/deploy/install.sh
# 原来的版本留在 /srv/field-service.old。哪一步失败都停在那里，不动正在用的版本；之后逐个重启实例才换上新版本。
set -eu
home=${1:-/srv/field-service}
rm -rf "$home.new"
mkdir -p "$home.new/miniprogram/dist"
cp -r dist node_modules package.json "$home.new/"
cp -r miniprogram/dist/h5 "$home.new/miniprogram/dist/"
for file in dist/server/main.js dist/console/index.html miniprogram/dist/h5/index.html; do
  test -s "$home.new/$file" || { echo "没有 $file：先构建" >&2; exit 1; }
done
chmod -R a+rX "$home.new"
if [ -e "$home" ]; then
  rm -rf "$home.old"
  mv "$home" "$home.old"
fi
mv "$home.new" "$home"
