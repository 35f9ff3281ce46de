# fio's own figure: its start takes as long as the reads. The 9th field is their time in milliseconds.
line=$(fio --minimal --name=r --filename="$PWD/srv/large" --rw=randread --bs=4k --size=512m --io_size=256m --ioengine=psync --invalidate=0 \
  --randseed=7 --allow_file_create=0)
value 'random read 4 KiB' "$(cut -d';' -f9 <<<"$line" | awk '{ print $1 / 1000 }')"
