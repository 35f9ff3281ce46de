measure 'dd write 512 MB' dd if=/dev/zero of=root/new bs=1M count=512 status=none
check contents cat root/new
