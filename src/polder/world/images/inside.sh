#!/bin/sh
# Runs in the builder's own namespaces: lays an overlay over the base, installs, copies, sets up, scrubs.
# Given: LOWER UPPER WORK ROOT LISTS STAGE SETUP (a file or empty) PACKAGES (words) UPDATE (yes or no) APT_OPTIONS (words).
set -eu
umask 022
cd /
hostname polder
mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK,redirect_dir=off,metacopy=off,index=off" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=755,size=16m tmpfs "$ROOT/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$ROOT/dev/${device%:*}" c 1 "${device#*:}"
done
ln -s /proc/self/fd "$ROOT/dev/fd"
mkdir "$ROOT/dev/shm" "$ROOT/dev/pts"
chmod 1777 "$ROOT/dev/shm"
for folder in run tmp var/tmp; do
    mount -t tmpfs -o mode="$(stat -c %a "$ROOT/$folder")" tmpfs "$ROOT/$folder"
done
mkdir -p "$ROOT/var/lib/apt/lists"
mount --bind "$LISTS" "$ROOT/var/lib/apt/lists"
cat /etc/resolv.conf >"$ROOT/etc/resolv.conf" 2>/dev/null || :
# Nothing that is installed starts here (deb-systemd-invoke and invoke-rc.d ask this program).
printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
chmod 755 "$ROOT/usr/sbin/policy-rc.d"

apt() {
    # shellcheck disable=SC2086 # words are meant
    env -u LOWER -u UPPER -u WORK -u ROOT -u LISTS -u STAGE -u SETUP -u UPDATE -u PACKAGES -u APT_OPTIONS \
        chroot "$ROOT" apt-get -qq -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io $APT_OPTIONS "$@"
}

if [ "$UPDATE" = yes ]; then
    echo "@lists"
    apt -o APT::Update::Error-Mode=any update
fi
if [ -n "$PACKAGES" ]; then
    echo "@install"
    # shellcheck disable=SC2086
    apt install $PACKAGES
fi
echo "@files"
tar -C "$STAGE" -cf - . | chroot "$ROOT" tar -C / -xpf - --no-overwrite-dir --keep-directory-symlink --same-owner
if [ -n "$SETUP" ]; then
    echo "@setup"
    cp "$SETUP" "$ROOT/tmp/polder-setup"
    chmod 755 "$ROOT/tmp/polder-setup"
    env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" PYTHONHASHSEED=0 \
        DEBIAN_FRONTEND=noninteractive chroot "$ROOT" /tmp/polder-setup
fi

echo "@scrub"
umount -l "$ROOT/var/lib/apt/lists" "$ROOT/run" "$ROOT/tmp" "$ROOT/var/tmp" "$ROOT/dev" "$ROOT/proc"
cd "$ROOT"
rm -f usr/sbin/policy-rc.d etc/machine-id var/lib/dbus/machine-id etc/resolv.conf etc/hostname etc/.pwd.lock \
    etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/subuid- etc/subgid- \
    var/lib/dpkg/*-old var/cache/debconf/*-old var/cache/ldconfig/aux-cache \
    var/cache/apt/*.bin var/cache/apt/archives/*.deb etc/ssl/private/ssl-cert-snakeoil.key etc/ssl/certs/ssl-cert-snakeoil.pem
rm -rf var/lib/ucf var/cache/man var/cache/fontconfig
find var/log -type f -delete
echo "@done"
