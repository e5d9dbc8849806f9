#!/usr/bin/env bash
# tar_test.sh TREE WORK: builds the tarball from TREE/build/release, moves it, and runs it in a root that has nothing but glibc and
# certificates. Then runs the GitHub Action with it. Skipped (77) without patchelf or the right to change the root.
set -euo pipefail
tree=$1 work=$2
command -v patchelf >/dev/null || { echo "patchelf is not installed"; exit 77; }
namespaces=(unshare --pid --fork --kill-child --mount)
[ "$(id -u)" = 0 ] || namespaces+=(--map-root-user)
"${namespaces[@]}" true || { echo "namespaces cannot be made here"; exit 77; }
rm -rf "$work"
mkdir -p "$work/moved here"
OUT=$work/out "$tree/packages/build" tar
tar -xzf "$work"/out/understudy-*-linux-*.tar.gz -C "$work/moved here" --strip-components=1
moved="$work/moved here"
[ "$("$moved/bin/understudy" version)" = "$("$tree/build/release/understudy" version)" ]
ldd "$moved/bin/understudy" | sed -n 's/^\s*\(\S*\) => \(.*\) (0x.*/\1|\2/p' | while IFS='|' read -r name file; do
  case "$name" in lib[cm].so.6 | libresolv.so.2) continue ;; esac
  [ "$file" = "$moved/bin/../lib/understudy/$name" ] || { echo "$name comes from $file"; exit 1; }
done
grep -q '^libcrypto.so.3 ' "$moved/lib/understudy/LIBRARIES.txt"
[ -s "$moved/lib/understudy/licences/libssl3" ]
glibc=$(sed -n '1s/.*glibc (\([0-9.]*\).*/\1/p' "$moved/lib/understudy/LIBRARIES.txt")
[ "$(printf '%s\n' "$glibc" 2.36 | sort -V | tail -n 1)" = 2.36 ] || { echo "needs glibc $glibc"; exit 1; }
for file in share/man/man1/understudy-serve.1.gz share/bash-completion/completions/understudy share/doc/understudy/examples/product-retry.yaml; do
  [ -s "$moved/$file" ] || { echo "$file is missing"; exit 1; }
done

"$tree/packages/oci/root" "$moved" "$work/root"
mkdir -p "$work/root/proc" "$work/root/dev"  # as a container has them
# shellcheck disable=SC2016
inside=("${namespaces[@]}" bash -c 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$@"' _ "$work/root")
"${inside[@]}" /usr/bin/understudy version
coproc MOCK { exec "${inside[@]}" /usr/bin/understudy serve --port 0 --print-url /examples; }
server=$MOCK_PID
trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
read -r url <&"${MOCK[0]}"
"${inside[@]}" /usr/bin/understudy health "$url"
code=0
curl -sS "$url/veeqo/products" -H 'x-api-key: product-retry' -H 'Content-Type: application/json' \
  -d '{"title": "Lamp", "product_variants_attributes": [{"title": "", "price": 10, "sku_code": "L-1"}]}' || code=$?
[ $code = 52 ] || { echo "curl ended with $code; the reply should have been lost"; exit 1; }
curl -sS "$url/veeqo/products" -H 'x-api-key: product-retry' | grep -q '"title":"Lamp"'
"${inside[@]}" /usr/bin/understudy verify --run order-create --quiet
python3 "$tree/tests/packages/action_test.py" "$tree" "$work"/out/understudy-*-linux-*.tar.gz || { code=$?; [ $code = 77 ] || exit $code; }
rm -rf "$work"
