/* What the file system contract asks of a process of its own, or by calls that have no Java binding. One command a run; it prints its
 * answer, or the name of the error, and ends with 0 in both cases. What must not happen ends it with 1. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags, 0644);
	if (fd < 0)
		die(path);
	return fd;
}

static void answer(long result)
{
	if (result < 0)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", result);
}

/* Prints that it is ready, and waits until somebody closes our standard input. */
static void hold(void)
{
	char c;
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

/* Writes text into a map of the file and prints what read() then sees at the same place. */
static void map_write(const char *path, long offset, const char *text, int sharing)
{
	size_t n = strlen(text);
	char seen[256] = {0};
	int fd = opened(path, sharing == MAP_SHARED ? O_RDWR : O_RDONLY);
	struct stat st;
	if (fstat(fd, &st) < 0)
		die("fstat");
	char *map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, sharing, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	close(fd);
	memcpy(map + offset, text, n);
	if (sharing == MAP_SHARED && msync(map, st.st_size, MS_SYNC) < 0)
		die("msync");
	if (memcmp(map + offset, text, n))
		die("the map lost what was written");
	fd = opened(path, O_RDONLY);
	if (pread(fd, seen, n, offset) != (ssize_t)n)
		die("pread");
	puts(seen);
}

/* Maps the file, then writes text by write(), and prints what the map shows. */
static void map_sees_write(const char *path, const char *text)
{
	size_t n = strlen(text);
	int fd = opened(path, O_RDWR);
	char *map = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	volatile char before = map[0];
	(void)before;
	if (pwrite(fd, text, n, 0) != (ssize_t)n)
		die("pwrite");
	printf("%.*s\n", (int)n, map);
}

static long range_lock(const char *path, int command, short type, long start, long length)
{
	int fd = opened(path, O_RDWR);
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
	return fcntl(fd, command, &lock);
}

/* Lists a directory twice: once straight, once entry by entry from the places that telldir gave, last one first. */
static void seek_directory(const char *path)
{
	enum { MAX = 20000 };
	static long places[MAX];
	static char *names[MAX];
	int count = 0;
	DIR *dir = opendir(path);
	struct dirent *entry;
	if (!dir)
		die(path);
	for (;;) {
		long place = telldir(dir);
		errno = 0;
		if (!(entry = readdir(dir)))
			break;
		if (count == MAX)
			die("too many entries");
		places[count] = place;
		names[count++] = strdup(entry->d_name);
	}
	if (errno)
		die("readdir");
	for (int i = count - 1; i >= 0; i--) {
		seekdir(dir, places[i]);
		entry = readdir(dir);
		if (!entry || strcmp(entry->d_name, names[i])) {
			printf("at the place of %s there is %s\n", names[i], entry ? entry->d_name : "nothing");
			exit(1);
		}
	}
	rewinddir(dir);
	int again = 0;
	while (readdir(dir))
		again++;
	printf("%d %d\n", count, again);
}

/* Removes every entry as readdir shows it, without reading the directory anew; prints how many were left at the end. */
static void remove_while_reading(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int left = 0;
	if (!dir)
		die(path);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
			die(entry->d_name);
	}
	rewinddir(dir);
	while (readdir(dir))
		left++;
	printf("%d\n", left - 2);
}

/* Prints the inode numbers and types of "." and "..". */
static void dots(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	if (!dir)
		die(path);
	int found = 0;
	while ((entry = readdir(dir)))
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			found += entry->d_type == DT_DIR;
	printf("%d\n", found);
}

/* Writes and reads two aligned blocks with O_DIRECT; prints the first byte of each, or the error. */
static void direct(const char *path)
{
	char *block;
	if (posix_memalign((void **)&block, 4096, 8192))
		die("posix_memalign");
	memset(block, 'a', 4096);
	memset(block + 4096, 'b', 4096);
	int fd = open(path, O_RDWR | O_CREAT | O_DIRECT, 0644);
	if (fd < 0) {
		answer(-1);
		return;
	}
	if (pwrite(fd, block, 8192, 0) != 8192)
		die("pwrite");
	memset(block, 0, 8192);
	if (pread(fd, block, 8192, 0) != 8192)
		die("pread");
	printf("%c%c\n", block[0], block[4096]);
}

static void bind_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0) {
		answer(-1);
		return;
	}
	int client = socket(AF_UNIX, SOCK_STREAM, 0);
	answer(connect(client, (struct sockaddr *)&address, sizeof address));
}

/* A map of a file as it was when it was opened to read only; then text is written by its name. Prints what the map shows. */
static void map_sees_others(const char *path, const char *text)
{
	size_t n = strlen(text);
	int reader = opened(path, O_RDONLY);
	char *map = mmap(NULL, n, PROT_READ, MAP_SHARED, reader, 0);
	if (map == MAP_FAILED)
		die("mmap");
	volatile char before = map[0];
	(void)before;
	if (pwrite(opened(path, O_WRONLY), text, n, 0) != (ssize_t)n)
		die("pwrite");
	printf("%.*s\n", (int)n, map);
}

static void print_events(int notes)
{
	static const struct { unsigned mask; const char *word; } words[] = {
		{IN_CREATE, "create"}, {IN_MODIFY, "modify"}, {IN_ATTRIB, "attrib"}, {IN_MOVED_FROM, "from"},
		{IN_MOVED_TO, "to"}, {IN_DELETE, "delete"},
	};
	char buffer[8192] __attribute__((aligned(8)));
	ssize_t n = read(notes, buffer, sizeof buffer);
	for (char *at = buffer; n > 0 && at < buffer + n;) {
		struct inotify_event *event = (struct inotify_event *)at;
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (event->mask & words[i].mask)
				printf("%s%s%s ", words[i].word, event->len ? ":" : "", event->len ? event->name : "");
		at += sizeof *event + event->len;
	}
	puts("");
}

static int watched(const char *path)
{
	int notes = inotify_init1(IN_NONBLOCK);
	if (inotify_add_watch(notes, path, IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_MOVE | IN_DELETE) < 0)
		die("inotify_add_watch");
	return notes;
}

/* Changes names in a directory that it watches, and prints what it was told. */
static void watch_directory(const char *path)
{
	int notes = watched(path);
	if (chdir(path) < 0 || write(opened("file", O_WRONLY | O_CREAT), "x", 1) != 1 || chmod("file", 0600) < 0
			|| rename("file", "moved") < 0 || unlink("moved") < 0 || mkdir("dir", 0755) < 0)
		die("changing what is watched");
	print_events(notes);
}

static void watch_file(const char *path)
{
	int notes = watched(path);
	if (write(opened(path, O_WRONLY | O_APPEND), "x", 1) != 1 || chmod(path, 0600) < 0)
		die("changing what is watched");
	print_events(notes);
}

/* Who breaks it makes the kernel send us a signal. */
static long lease(const char *path, int flags, int type)
{
	signal(SIGIO, SIG_IGN);
	return fcntl(opened(path, flags), F_SETLEASE, type);
}

int main(int argc, char **argv)
{
	char buffer[65536];
	const char *command = argc > 1 ? argv[1] : "";
	const char *path = argc > 2 ? argv[2] : "";
	if (!strcmp(command, "map-shared"))
		map_write(path, atol(argv[3]), argv[4], MAP_SHARED);
	else if (!strcmp(command, "map-private"))
		map_write(path, atol(argv[3]), argv[4], MAP_PRIVATE);
	else if (!strcmp(command, "map-sees-write"))
		map_sees_write(path, argv[3]);
	else if (!strcmp(command, "try-range"))
		answer(range_lock(path, F_SETLK, F_WRLCK, atol(argv[3]), atol(argv[4])));
	else if (!strcmp(command, "hold-range"))
		answer(range_lock(path, F_SETLK, F_WRLCK, atol(argv[3]), atol(argv[4]))), hold();
	else if (!strcmp(command, "try-flock"))
		answer(flock(opened(path, O_RDONLY), LOCK_EX | LOCK_NB));
	else if (!strcmp(command, "hold-flock"))
		answer(flock(opened(path, O_RDONLY), LOCK_EX | LOCK_NB)), hold();
	else if (!strcmp(command, "map-sees-others"))
		map_sees_others(path, argv[3]);
	else if (!strcmp(command, "watch-directory"))
		watch_directory(path);
	else if (!strcmp(command, "watch-file"))
		watch_file(path);
	else if (!strcmp(command, "hold-read-lease"))
		answer(lease(path, O_RDONLY, F_RDLCK)), hold();
	else if (!strcmp(command, "hold-write-lease"))
		answer(lease(path, O_RDWR, F_WRLCK)), hold();
	else if (!strcmp(command, "hold"))
		hold();
	else if (!strcmp(command, "seek-directory"))
		seek_directory(path);
	else if (!strcmp(command, "remove-while-reading"))
		remove_while_reading(path);
	else if (!strcmp(command, "dots"))
		dots(path);
	else if (!strcmp(command, "direct"))
		direct(path);
	else if (!strcmp(command, "bind"))
		bind_socket(path);
	else if (!strcmp(command, "get-xattr")) /* path, name, size of the buffer */
		answer(getxattr(path, argv[3], buffer, atol(argv[4])));
	else if (!strcmp(command, "list-xattrs")) /* path, size of the buffer */
		answer(listxattr(path, buffer, atol(argv[3])));
	else if (!strcmp(command, "truncate"))
		answer(truncate(path, atol(argv[3])));
	else
		die("unknown command");
	return 0;
}
