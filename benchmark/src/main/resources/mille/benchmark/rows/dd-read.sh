measure 'dd read 512 MB' dd if=srv/large of=/dev/null bs=1M status=none
check contents cat srv/large
