measure 'cp -a usr/share' cp -a usr/share root/copy
sorted() { tar --sort=name --numeric-owner -C root/copy -cf - .; }
check archive sorted
