# What each row's script begins with: mounts, and takes the mount away when the row has ended, however it ends.
#
# Given in the environment: MERGED, UPPER, WORK, LOWERS (the directory of the layers), VALUES (the file for results), CHECKING (1: also look
# whether the results are right), and as arguments the command that mounts.
set -euo pipefail
export LC_ALL=C.UTF-8
exec 3>>"$VALUES"

# Seconds with six digits, of a number of microseconds.
seconds() { printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)); }

# value NAME NUMBER
value() { printf 'value\t%s\t%s\n' "$1" "$2" >&3; }

# measure NAME COMMAND...: how long it takes; what it writes doesn't count, in either sense.
measure() {
  local name=$1 from to
  shift
  # Not to pay for what was written before. In memory this does nothing.
  sync -f "$UPPER"
  from=${EPOCHREALTIME/[.,]/}
  "$@" 3>&-
  to=${EPOCHREALTIME/[.,]/}
  value "$name" "$(seconds $((to - from)))"
}

# check NAME COMMAND...: what it writes has to be the same for all peers.
check() {
  local name=$1 sum
  shift
  [[ $CHECKING == 1 ]] || return 0
  sum=$("$@" 3>&- | sha256sum)
  printf 'check\t%s\t%s\n' "$name" "${sum:0:16}" >&3
}

# Processes that this trial started, known by their environment, and that serve a FUSE mount.
servers() {
  local server
  for server in $(find /proc/[0-9]*/fd -maxdepth 1 -lname /dev/fuse 2>/dev/null | cut -d/ -f3 | sort -u); do
    if grep -qzxF "MERGED=$MERGED" "/proc/$server/environ" 2>/dev/null; then echo "$server"; fi
  done
}

take_away() {
  local tries
  cd /
  mountpoint -q "$MERGED/dev" && umount -l "$MERGED/dev"
  for ((tries = 0; tries < 100; tries++)); do
    umount "$MERGED" 2>/dev/null && break
    mountpoint -q "$MERGED" || break
    sleep .05
  done
  for ((tries = 0; tries < 500; tries++)); do
    [[ -n $(servers) ]] || return 0
    sleep .02
  done
  echo "the server is still there after its unmount" >&2
  return 1
}

make_mount() {
  cd "$LOWERS"
  "$@" </dev/null
  # Usable when it answers.
  stat -t "$MERGED/." >/dev/null
}

measure mount make_mount "$@"
trap take_away EXIT
mountpoint -q "$MERGED" || { echo "nothing is mounted after the command that mounts" >&2; exit 1; }
cd "$MERGED"
