two() {
  tar -cf /dev/zero usr/share &
  local one=$!
  tar --exclude=./usr/share --exclude=./srv/large -cf /dev/zero .
  wait "$one"
}
measure 'two tars cold' two
