# What an interpreter does at its start: small files by the hundred, each opened, read whole and closed.
read_all() { xargs -0 cat <"$LOWERS/start-up.list" >/dev/null; }
measure 'start-up cold' read_all
measure 'start-up warm' read_all
contents() { xargs -0 cat <"$LOWERS/start-up.list"; }
check contents contents
