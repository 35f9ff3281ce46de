mkdir root/small
measure 'untar 10,000' tar -xf "$LOWERS/small.tar" -C root/small
sorted() { tar --sort=name --numeric-owner -C root/small -cf - .; }
check archive sorted
measure 'rm -rf 10,000' rm -rf root/small
[[ ! -e root/small ]]
