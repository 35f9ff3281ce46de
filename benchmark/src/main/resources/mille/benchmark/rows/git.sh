export GIT_CONFIG_GLOBAL=/dev/null
measure 'git status cold' git -C srv/tree status --short
measure 'git status warm' git -C srv/tree status --short
echo changed >>srv/tree/d7/f3
echo new >srv/tree/d8/new
check changes git -C srv/tree status --short
