# Makes the layers that all peers are measured on, in the current directory: 0, the lowest, is a Debian root with what the rows need, 1 to 9
# rewrite, add and hide files through the kernel's own overlay, so that they are in its format. Argument: the Debian root's tar.
set -euo pipefail
export LC_ALL=C.UTF-8 GIT_CONFIG_GLOBAL=/dev/null
debian=$1
mkdir 0 merged work
tar -xpf "$debian" --xattrs --xattrs-include='*' --numeric-owner -C 0

# 10,000 files of 1 to 4 KiB in 100 directories, all of an old date, so that git never has to wonder.
mkdir tree
for directory in {0..99}; do
  mkdir "tree/d$directory"
  for file in {0..99}; do
    printf "%$((1000 + (directory * 100 + file) * 7 % 3000))s" "$directory/$file" >"tree/d$directory/f$file"
  done
done
find tree -exec touch -d 2020-02-02 {} +
tar -cf small.tar -C tree .
git -C tree init -q
# Devices and inode numbers are the file systems' business.
git -C tree config core.checkStat minimal
git -C tree add .
git -C tree -c user.name=a -c user.email=a@b commit -qm tree
mv tree 0/srv/tree
head -c 512M /dev/zero | openssl enc -aes-128-ctr -nosalt -K 6d696c6c65 -iv 0 2>/dev/null >0/srv/large
[[ $(stat -c %s 0/srv/large) == 536870912 ]]

mkdir -p 0/usr/lib/python3.11
cp -a /usr/lib/python3.11/. 0/usr/lib/python3.11/

mkdir -p package/DEBIAN package/opt/local
for file in {0..499}; do
  seq $((file * 10)) $((file * 10 + 200)) >"package/opt/local/f$file"
done
printf '%s\n' 'Package: local' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <a@b>' 'Description: small files' >package/DEBIAN/control
dpkg-deb --root-owner-group -Znone -b package 0/root/local.deb >/dev/null
rm -r package

lowers=0
for layer in {1..9}; do
  mkdir "$layer"
  mount -t overlay overlay -o "lowerdir=$lowers,upperdir=$layer,workdir=work" merged
  mkdir -p "merged/opt/layer$layer"
  for file in {0..99}; do
    seq "$layer" $((layer + file * 5)) >"merged/opt/layer$layer/f$file"
  done
  # Which of the files of a stable list: those of one residue are rewritten, those of another hidden.
  find merged/usr/share merged/usr/lib -type f ! -path '*/python3.11/*' | sort >list
  awk -v layer="$layer" 'NR % 60 == layer' list | while IFS= read -r file; do echo >>"$file"; done
  awk -v layer="$layer" 'NR % 120 == layer + 20' list | { grep -E '/(doc|locale|zoneinfo|man)/' || true; } | xargs -r -d '\n' rm
  # And one directory anew, which makes it opaque.
  rm -r "merged/opt/layer$((layer - 1))" 2>/dev/null || true
  mkdir "merged/opt/layer$((layer - 1))"
  echo anew >"merged/opt/layer$((layer - 1))/f0"
  umount merged
  rm -rf work
  mkdir work
  lowers=$layer:$lowers
done
(cd 0 && find usr/lib/python3.11 -name '*.py' -size -128k -print0 | sort -z | { head -z -n 600; cat >/dev/null; }) >start-up.list
rm -r list merged work
