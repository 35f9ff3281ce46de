dd if=/dev/zero of=root/new bs=1M count=256 status=none
sync -f "$UPPER"
# The 50th field is the time of the writes in milliseconds.
line=$(fio --minimal --name=w --filename="$PWD/root/new" --rw=randwrite --bs=4k --size=256m --io_size=128m --ioengine=psync --invalidate=0 \
  --randseed=7 --overwrite=1 --fallocate=none --buffer_pattern=0x6d)
value 'random write 4 KiB' "$(cut -d';' -f50 <<<"$line" | awk '{ print $1 / 1000 }')"
check contents cat root/new
