find_all() { find . -printf '%s %P\n' >/dev/null; }
measure 'find cold' find_all
measure 'find warm' find_all
entries() { find . ! -type d -printf '%y %m %U %G %s %l %T@ %P\n' -o -printf '%y %m %U %G %P\n' | sort; }
check entries entries
