mount --bind /dev dev
install_local() {
  chroot . env DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin apt-get install -y /root/local.deb >/dev/null
}
measure 'apt-get install' install_local
# dpkg's own logs hold the time.
check files chroot . dpkg -L local
contents() { cat opt/local/*; }
check contents contents
