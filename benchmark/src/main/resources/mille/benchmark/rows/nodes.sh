# A line of the servers' status, in MiB: VmRSS is what is resident now, VmHWM the most that ever was.
mebibytes() {
  local server
  for server in $(servers); do
    awk -v "line=$1:" '$1 == line { print $2 }' "/proc/$server/status"
  done | awk '{ n += $1 } END { printf "%d\n", n / 1024 }'
}

# How many nodes the server knows; "-" where it doesn't say.
known() {
  python3 -c 'import json, os, sys
print(json.loads(os.getxattr(sys.argv[1], "trusted.mille.stats").rstrip(b"\0"))["nodes"]["known"])' "$MERGED" 2>/dev/null || echo -
}

ticks() {
  local server
  for server in $(servers); do
    awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"
  done | awk '{ n += $1 } END { print n + 0 }'
}

# Until the server has had nothing to do for a second.
settle() {
  local before after
  after=$(ticks)
  while before=$after; sleep 1; after=$(ticks); ((after - before > 2)); do :; done
}

# Sizes need each file's node; inode numbers don't.
list() { find . -printf '%s\n' >"$LOWERS/../listed"; }

value 'idle, memory' "$(mebibytes VmRSS)"
measure 'find' list
settle
now=$(known)
[[ $now == - || $now -ge $(wc -l <"$LOWERS/../listed") ]] || { echo "only $now nodes are known: somebody else empties the kernel's caches" >&2; exit 1; }
value 'nodes known' "$now"
value 'memory' "$(mebibytes VmRSS)"
value 'most memory' "$(mebibytes VmHWM)"
# The kernel's caches of names and inodes, which is how it comes to send FORGET.
echo 2 >/proc/sys/vm/drop_caches
settle
sleep 15
value 'nodes known, forgotten' "$(known)"
value 'memory, forgotten' "$(mebibytes VmRSS)"
