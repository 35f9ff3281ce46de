measure 'chown -R usr/lib' chown -R 1234:1234 usr/lib
entries() { find usr/lib ! -type d -printf '%m %U %G %s %P\n' -o -printf '%m %U %G %P\n' | sort; }
check entries entries
contents() { find usr/lib -type f -print0 | sort -z | xargs -0 cat; }
check contents contents
