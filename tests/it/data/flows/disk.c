/* Stands between a program and its disk (LD_PRELOAD): operations of one kind on what lies below DISK_BELOW are counted, and from the
 * DISK_FROMth to the DISK_TOth they fail with the error of that number DISK_ERROR; where it is 0 the program is killed. At its end the
 * count is written to DISK_COUNT. The kinds (DISK_OPERATION): "room" is what a full disk has no room for (writes, new files and folders),
 * "sync", "name" (renames and links) and "open". A write that is no file's, such as one that wakes a thread, is none of them. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long seen;

static long number(const char *name) {
    const char *text = getenv(name);
    return text == NULL ? 0 : atol(text);
}

static int fails(const char *operation) {
    const char *meant = getenv("DISK_OPERATION");
    if (meant == NULL || strcmp(meant, operation) != 0) return 0;
    long now = atomic_fetch_add(&seen, 1) + 1;
    if (now < number("DISK_FROM") || now > number("DISK_TO")) return 0;
    if (number("DISK_ERROR") == 0) kill(getpid(), SIGKILL);
    errno = (int)number("DISK_ERROR");
    return 1;
}

static int is_inside(const char *path) {
    const char *below = getenv("DISK_BELOW");
    return below != NULL && strncmp(path, below, strlen(below)) == 0;
}

/* What has no whole path lies in the folder that the program was started in. */
static int is_below(const char *path) {
    return path[0] != '/' || is_inside(path);
}

static int is_file(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_inside(path);
}

ssize_t write(int file, const void *bytes, size_t count) {
    return is_file(file) && fails("room") ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    return is_file(file) && fails("room") ? -1 : syscall(SYS_writev, file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    return is_file(file) && fails("room") ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return is_file(file) && fails("room") ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned int flags) {
    if (is_file(to) && fails("room")) return -1;
    return syscall(SYS_copy_file_range, from, from_at, to, to_at, count, flags);
}

int mkdir(const char *path, mode_t mode) {
    if (is_below(path) && access(path, F_OK) != 0 && fails("room")) return -1;
    return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int fsync(int file) {
    return is_file(file) && fails("sync") ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    return is_file(file) && fails("sync") ? -1 : (int)syscall(SYS_fdatasync, file);
}

int rename(const char *from, const char *to) {
    return is_below(to) && fails("name") ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to) {
    return is_below(to) && fails("name") ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    return is_below(to) && fails("name") ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    if (is_below(path) && fails("open")) return -1;
    int makes = (flags & O_CREAT) != 0 && is_below(path) && faccessat(folder, path, F_OK, 0) != 0;
    return makes && fails("room") ? -1 : syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_in(int flags, va_list list) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

#define OPENS(name, parameters, folder)                  \
    int name parameters {                                \
        va_list list;                                    \
        va_start(list, flags);                           \
        mode_t mode = mode_in(flags, list);              \
        va_end(list);                                    \
        return opened(folder, path, flags, mode);        \
    }

OPENS(open, (const char *path, int flags, ...), AT_FDCWD)
OPENS(open64, (const char *path, int flags, ...), AT_FDCWD)
OPENS(openat, (int folder, const char *path, int flags, ...), folder)
OPENS(openat64, (int folder, const char *path, int flags, ...), folder)

__attribute__((destructor)) static void count(void) {
    const char *place = getenv("DISK_COUNT");
    FILE *file = place == NULL ? NULL : fopen(place, "w");
    if (file == NULL) return;
    fprintf(file, "%ld", seen);
    fclose(file);
}
