# Sourced by ./mille, ./test and whatever else starts Java; POSIX sh.
#
#   . .mvn/find-jdk.sh
#   find_jdk || exit 1
#
# find_jdk exports JAVA_HOME: the one given, where it is a JDK of 25 or later, else the first such JDK in the places where distributions
# and installers put them. Where there is none it says in one sentence on stderr what to install, and returns 1.
# The version is read from the JDK's own `release` file, so that looking costs no start of a JVM.

MILLE_JDK_AT_LEAST=25

# Whether $1 is the home of a JDK (not of a bare runtime) that is new enough.
is_new_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      JAVA_VERSION=*)
        version=${line#JAVA_VERSION=}
        version=${version#\"}
        version=${version%%[!0-9]*}
        [ -n "$version" ] && [ "$version" -ge "$MILLE_JDK_AT_LEAST" ]
        return
        ;;
    esac
  done <"$1/release"
  return 1
}

find_jdk() {
  # What `java` and `javac` in the path lead to, where that is inside a JDK.
  in_path=$(command -v javac 2>/dev/null) || in_path=
  [ -z "$in_path" ] || in_path=$(readlink -f "$in_path") || in_path=

  # Debian, Fedora, Arch, Alpine; openSUSE; vendors' packages and container images; what people unpack or install by hand.
  for home in "${JAVA_HOME:-}" "${in_path%/bin/javac}" \
    /usr/lib/jvm/* /usr/lib64/jvm/* /opt/* /opt/java/* /opt/jvm/* /opt/jdk/* /usr/java/* \
    /usr/local/* /usr/local/lib/jvm/* /usr/local/java/* \
    "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/*; do
    if [ -n "$home" ] && is_new_jdk "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "Mille needs a JDK of $MILLE_JDK_AT_LEAST or later and found none: install one, such as Debian's or Ubuntu's" \
    "openjdk-$MILLE_JDK_AT_LEAST-jdk-headless or Eclipse Temurin's temurin-$MILLE_JDK_AT_LEAST-jdk" \
    "(https://adoptium.net/installation), or set JAVA_HOME to where it is." >&2
  return 1
}
