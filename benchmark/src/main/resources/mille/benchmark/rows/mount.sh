ticks() {
  local server
  for server in $(servers); do
    awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"
  done | awk '{ n += $1 } END { print n + 0 }'
}
sleep 1
before=$(ticks)
sleep 2
value 'idle, CPU' "$((($(ticks) - before) * 1000 / $(getconf CLK_TCK) / 2))"
memory=0
for server in $(servers); do
  memory=$((memory + $(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")))
done
value 'idle, memory' "$((memory / 1024))"
