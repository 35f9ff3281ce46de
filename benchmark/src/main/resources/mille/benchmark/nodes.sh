# Makes one layer of empty files, in directories of 1,000. Argument: how many files.
set -euo pipefail
mkdir 0
python3 - "$1" <<'END'
import os, sys
for number in range(int(sys.argv[1])):
    directory = f"0/d{number // 1000}"
    if number % 1000 == 0:
        os.mkdir(directory)
    os.close(os.open(f"{directory}/f{number % 1000}", os.O_CREAT | os.O_WRONLY))
END
