# Makes a deep stack: 0, the lowest, is a Debian root, each layer above adds one directory with one file to a directory that all share.
# Arguments: the Debian root's tar, how many layers.
set -euo pipefail
mkdir 0
tar -xpf "$1" --xattrs --xattrs-include='*' --numeric-owner -C 0
for ((layer = 1; layer < $2; layer++)); do
  mkdir -p "$layer/srv/deep/$layer"
  echo "$layer" >"$layer/srv/deep/$layer/file"
done
