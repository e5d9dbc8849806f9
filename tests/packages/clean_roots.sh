#!/usr/bin/env bash
# clean_roots.sh TREE WORK [deb tar npm python oci]: installs every package of TREE/build/packages in a fresh Debian 12 that has apt and nothing
# else, and uses it up to the first fault. Needs root, mmdebstrap and the package sources of this machine; npm and buildah where they are installed.
set -euo pipefail
tree=$1 work=$2
packages=$tree/build/packages
mkdir -p "$work"
exec 9>"$work/lock"
flock -n 9 || { echo "another run uses $work"; exit 1; }
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
skipped=()

say() { printf '%s\n' "clean roots: $*" >&2; }

# make_root NAME [PACKAGE...]: $root is a new root with these Debian packages.
make_root() {
  root=$work/$1
  if [ ! -s "$work/base.tar" ]; then
    say "making the base root"
    mmdebstrap --quiet --variant=apt --dpkgopt=force-unsafe-io bookworm "$work/base.tar"
  fi
  rm -rf "$root"
  mkdir "$root"
  tar -xf "$work/base.tar" -C "$root" --exclude='./dev/*'
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  if [ $# -gt 1 ]; then apt_get "${@:2}"; fi
}
# inside COMMAND...: runs it in $root, with its own /proc and the machine's devices. Its processes end with it.
inside() {
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$@"' _ "$root" "$@"
}
# inside_alone COMMAND...: the same without the network of this machine, so that every port is free.
inside_alone() {
  # shellcheck disable=SC2016
  unshare --mount --pid --net --fork --kill-child bash -c 'ip link set lo up && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
    exec chroot "$@"' _ "$root" "$@"
}
apt_get() {
  inside apt-get -qq update >/dev/null
  inside apt-get -qq -o APT::Sandbox::User=root install -y --no-install-recommends "$@" >"$root/apt.log" 2>&1 || { cat "$root/apt.log"; return 1; }
}
end_mock() {
  curl -sS -X POST "$1/__admin/shutdown" -o /dev/null
  cat <&3  # until it has ended
  exec 3<&-
}
# first_fault COMMAND...: serves the example with this command; the reply to the first product is lost, and the product is there.
first_fault() {
  local code=0 url
  exec 3< <("$@")
  read -r url <&3
  curl -sS "$url/veeqo/products" -H 'x-api-key: product-retry' -H 'Content-Type: application/json' \
    -d '{"title": "Lamp", "product_variants_attributes": [{"title": "", "price": 10, "sku_code": "L-1"}]}' || code=$?
  [ $code = 52 ] || { say "curl ended with $code; the reply should have been lost"; return 1; }
  curl -sS "$url/veeqo/products" -H 'x-api-key: product-retry' | grep -q '"title":"Lamp"'
  end_mock "$url"
}

# play_page NAME: runs the three commands of docs/install.md for this package, as they are there, in the folder / of $root. The first one installs.
# The program is then $served.
play_page() {
  local page=$root/page.sh installs
  sed -n "/^\*\*$1\.\*\*/,/^\`\`\`$/p" "$tree/docs/install.md" | sed '1,/^```sh$/d;$d' >"$page"
  installs=$(sed -n '1s/^sudo apt install/apt-get -qq -o APT::Sandbox::User=root install -y --no-install-recommends/;1p' "$page")
  say "$installs"
  inside bash -c "cd / && $installs" >"$root/install.log" 2>&1 || { cat "$root/install.log"; return 1; }
  sed -i '1d;s|&$|2>served.log \& until curl -s -o healthy http://127.0.0.1:8080/__admin/health; do sleep 0.1; done|' "$page"
  local code=0
  inside_alone bash -c 'cd / && . ./page.sh; code=$?; curl -sS http://127.0.0.1:8080/veeqo/products -H "x-api-key: product-retry" >products; exit $code' ||
    code=$?
  [ $code = 52 ] || { say "curl ended with $code; the reply should have been lost"; cat "$root/served.log"; return 1; }
  grep -q '"title":"Lamp"' "$root/products" || { say "the product was not stored"; return 1; }
}
# The manual pages and the completions, as the shells and man(1) of the root find them.
check_texts() {
  apt_get bash-completion fish man-db zsh
  inside man -P cat understudy-serve | grep -q -- '--print-url' || { say "man understudy-serve"; return 1; }
  # shellcheck disable=SC2016
  inside bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader understudy; COMP_WORDS=(understudy ser); COMP_CWORD=1
    COMP_LINE="understudy ser"; COMP_POINT=14; _understudy; [ "${COMPREPLY[*]}" = serve ] || [ "${COMPREPLY[*]}" = "serve " ]' || { say "bash completion"; return 1; }
  # shellcheck disable=SC2016
  inside zsh -fc 'autoload -Uz compinit; compinit -u -D; [[ $_comps[understudy] = _understudy ]]' || { say "zsh completion"; return 1; }
  inside fish --no-config -c 'complete -C "understudy ser"' | grep -q '^serve' || { say "fish completion"; return 1; }
}

check_deb() {
  make_root deb curl
  cp "$packages"/understudy_*.deb "$root/"
  play_page Debian
  inside understudy version
  inside dpkg --verify understudy
  check_texts
  inside understudy verify --quiet --run order-create
  apt_get systemd
  inside systemd-analyze verify --man=no /lib/systemd/system/understudy.service
  inside apt-get -qq purge -y --autoremove understudy >/dev/null 2>&1
  [ -z "$(inside find /usr /etc -name '*understudy*')" ] || { say "files are left after the package was removed"; return 1; }
}

check_tar() {
  make_root tar curl
  cp "$packages"/understudy-*-linux-*.tar.gz "$root/"
  play_page Tarball
  mkdir -p "$root/opt/a place"
  tar -xzf "$packages"/understudy-*-linux-*.tar.gz -C "$root/opt/a place" --strip-components=1
  inside '/opt/a place/bin/understudy' version
  first_fault inside '/opt/a place/bin/understudy' serve --port 0 --print-url '/opt/a place/share/doc/understudy/examples/product-retry.yaml'
  inside '/opt/a place/bin/understudy' verify --quiet --run order-create
}

# The tests of the helpers, as they are in the tree: the installed package is found beside them.
copy_tests() {
  mkdir -p "$root/app/tests" "$root/app/packages" "$root/app/docs"
  cp -r "$tree/tests/packages" "$root/app/tests/"
  cp -r "$tree/packages/examples" "$root/app/packages/"
  cp "$tree/docs/in-your-tests.md" "$root/app/docs/"
}

check_npm() {
  command -v npm >/dev/null || { skipped+=(npm); return 0; }
  make_root npm nodejs
  copy_tests
  (cd "$root/app" && npm install --offline --no-audit --no-fund --loglevel=error --save-dev "$packages"/understudy-npm-*.tgz)
  inside node --version
  inside /app/node_modules/.bin/understudy version
  inside bash -c 'cd /app && node --test tests/packages/node_test.mjs' | tail -n 8
  sed -n '/^```js file first.test.mjs/,/^```$/p' "$tree/docs/in-your-tests.md" | sed '1d;$d' >"$root/app/first.test.mjs"
  inside bash -c 'cd /app && node --test first.test.mjs' | grep '^# \(pass 1\|fail 0\)'
}

check_python() {
  make_root python python3-venv python3-pytest python3-wheel
  copy_tests
  cp "$packages"/understudy-*.whl "$packages"/understudy-[0-9]*.[0-9].tar.gz "$root/app/"
  inside bash -c 'python3 -m venv --system-site-packages /app/venv && /app/venv/bin/pip install --quiet --no-index /app/*.whl'
  inside /app/venv/bin/understudy version
  inside bash -c 'cd /app && venv/bin/python -m pytest -q -p no:cacheprovider tests/packages/python_test.py'
  inside env UNDERSTUDY_INSTALLED=1 /app/venv/bin/python /app/tests/packages/page_test.py /app/docs/in-your-tests.md python /app/venv/bin/python
  # the sdist, with the program of the wheel
  inside bash -c 'python3 -m venv --system-site-packages /app/sdist && /app/sdist/bin/pip install --quiet --no-index --no-build-isolation /app/*.tar.gz'
  inside bash -c '! /app/sdist/bin/understudy version && PATH=$PATH:/app/venv/bin /app/sdist/bin/understudy version'
  inside bash -c 'cd /app && UNDERSTUDY_PROGRAM=/app/venv/bin/understudy sdist/bin/python -m pytest -q -p no:cacheprovider tests/packages/python_test.py'
}

check_oci() {
  command -v buildah >/dev/null || { skipped+=(oci); return 0; }
  local image container size
  image=$(echo "$packages"/understudy-*-oci.tar.gz)
  size=$(stat -c %s "$image")
  [ "$size" -le $((60 << 20)) ] || { say "the image has $size bytes"; return 1; }
  export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
  rm -rf "$work/store" "$work/image.tar"
  gunzip -c "$image" >"$work/image.tar"
  local store=(buildah --root "$work/store" --runroot "$work/store.run")
  "${store[@]}" pull --quiet "docker-archive:$work/image.tar" >/dev/null
  container=$("${store[@]}" from --pull-never "$("${store[@]}" images --quiet)")
  "${store[@]}" inspect --format '{{.Docker.Config.User}} {{.Docker.Config.Healthcheck.Test}} {{.Docker.Config.Cmd}}' "$container" && echo
  "${store[@]}" run "$container" -- /usr/bin/understudy version
  # buildah runs with the user of the image, in the network of this machine
  first_fault "${store[@]}" run "$container" -- /usr/bin/understudy serve --host 127.0.0.1 --port 0 --print-url /examples
  exec 3< <("${store[@]}" run "$container" -- /usr/bin/understudy serve --port 0 --print-url --watch /scenarios)
  local url
  read -r url <&3
  "${store[@]}" run "$container" -- /usr/bin/understudy health "$url"
  end_mock "$url"
  ! "${store[@]}" run "$container" -- /usr/bin/understudy health "$url" 2>/dev/null
  "${store[@]}" rm "$container" >/dev/null
  rm -rf "$work/store" "$work/store.run" "$work/image.tar"
}

[ "$(id -u)" = 0 ] || { say "needs root"; exit 77; }
names=("${@:3}")
[ ${#names[@]} != 0 ] || names=(deb tar npm python oci)
for name in "${names[@]}"; do
  say "$name"
  "check_$name"
  rm -rf "${work:?}/$name"
done
"$tree/tests/packages/texts_test.py" "$tree/build/release/understudy"
say "passed${skipped[*]:+; skipped because npm or buildah is not installed: ${skipped[*]}}"
