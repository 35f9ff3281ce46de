append() { echo more >>srv/large; }
measure 'append to 512 MB' append
check contents cat srv/large
