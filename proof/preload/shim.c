/*
 * A shim between a process and its kernel, loaded with LD_PRELOAD. It watches the calls on files
 * below one directory (SHIM_ROOT) and can make one of them fail, write a part only, or end the
 * process.
 *
 * It is told what to do by the opening of a path that nobody has:
 *
 *     /shim/arm/<n>:<action>[:forever]   the n-th call from now on (forever: and all that can fail so)
 *     /shim/off                          everything works again
 *
 * An action is an errno as a number, `short<k>`, `kill` (before the call) or `killed` (after it).
 * What it counted lies in the file SHIM_COUNTS: how many calls, how many were hit, and the kind of
 * each as a byte.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define KINDS_MAX 65536
#define FDS_MAX 65536

enum action { NOTHING, FAIL, SHORT, KILL_BEFORE, KILL_AFTER };

struct counts {
  int64_t calls;
  int64_t hits;
  char kinds[KINDS_MAX];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct counts own;
static struct counts *counts = &own;
static char watched[FDS_MAX];
static const char *root;
static size_t root_length;
static int64_t at = -1;
static enum action action;
static long argument;
static int forever;

#define REAL(name)                       \
  static __typeof__(&name) real;         \
  if (!real) real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SHIM_COUNTS");
  const char *first = getenv("SHIM_ARM");
  root = getenv("SHIM_ROOT");
  if (!root) root = "/nowhere";
  root_length = strlen(root);
  if (!path) return;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof own) != 0) return;
  void *shared = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared != MAP_FAILED) counts = shared;
  if (first) open(first, O_RDONLY);
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* A kind of call fails for ever with what can befall it: a full disk hits what writes. */
static int befalls(char kind) {
  switch (argument) {
    case ENOSPC: case EDQUOT: return strchr("cwmn", kind) != NULL;
    case EFBIG: return kind == 'w';
    case EMFILE: case ENFILE: return strchr("oc", kind) != NULL;
    case EROFS: case EPERM: return strchr("cwmnurtx", kind) != NULL;
    case EACCES: return strchr("ocmnur", kind) != NULL;
    case EBUSY: return strchr("nur", kind) != NULL;
    default: return 1;
  }
}

/* Counts a call and says what is to happen to it. */
static enum action meet(char kind) {
  pthread_mutex_lock(&mutex);
  enum action what = NOTHING;
  if (counts->calls < KINDS_MAX) counts->kinds[counts->calls] = kind;
  counts->calls += 1;
  if (at >= 0 && counts->calls == at) {
    what = action;
  } else if (at >= 0 && forever && counts->calls > at && befalls(kind)) {
    what = action;
  }
  if (what != NOTHING) counts->hits += 1;
  pthread_mutex_unlock(&mutex);
  if (what == KILL_BEFORE) die();
  return what;
}

static int order(const char *path) {
  if (strncmp(path, "/shim/", 6) != 0) return 0;
  pthread_mutex_lock(&mutex);
  counts->calls = 0;
  counts->hits = 0;
  at = -1;
  forever = 0;
  char what[32] = "";
  char more[16] = "";
  if (sscanf(path, "/shim/arm/%ld:%31[^:]:%15s", &at, what, more) >= 2) {
    forever = strcmp(more, "forever") == 0;
    action = FAIL;
    argument = atol(what);
    if (strncmp(what, "short", 5) == 0) {
      action = SHORT;
      argument = atol(what + 5);
    } else if (strcmp(what, "kill") == 0) action = KILL_BEFORE;
    else if (strcmp(what, "killed") == 0) action = KILL_AFTER;
  }
  pthread_mutex_unlock(&mutex);
  errno = ENOENT;
  return 1;
}

static int below(const char *path) {
  return path && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

static int is_watched(int fd) { return fd >= 0 && fd < FDS_MAX && watched[fd]; }

/* Makes the call unless it is to fail. */
#define CALL(kind, mine, made)              \
  do {                                      \
    if (!(mine)) return made;               \
    enum action met = meet(kind);           \
    if (met == FAIL) {                      \
      errno = (int)argument;                \
      return -1;                            \
    }                                       \
    __typeof__(made) result = made;         \
    if (met == KILL_AFTER) die();           \
    return result;                          \
  } while (0)

static int opened(const char *path, int flags, mode_t mode, int (*real)(const char *, int, ...)) {
  if (order(path)) return -1;
  if (!below(path)) return real(path, flags, mode);
  enum action met = meet(flags & O_CREAT ? 'c' : 'o');
  if (met == FAIL) {
    errno = (int)argument;
    return -1;
  }
  int fd = real(path, flags, mode);
  if (fd >= 0 && fd < FDS_MAX) watched[fd] = 1;
  if (met == KILL_AFTER) die();
  return fd;
}

#define MODE_OF(flags)                      \
  mode_t mode = 0;                          \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {  \
    va_list list;                           \
    va_start(list, flags);                  \
    mode = va_arg(list, mode_t);            \
    va_end(list);                           \
  }

int open(const char *path, int flags, ...) {
  REAL(open);
  MODE_OF(flags);
  return opened(path, flags, mode, real);
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  MODE_OF(flags);
  return opened(path, flags, mode, real);
}

/* The kernel takes a descriptor back whatever it answers. */
#define CLOSE(fd, made)                    \
  do {                                     \
    if (!is_watched(fd)) return made;      \
    enum action met = meet('x');           \
    watched[fd] = 0;                       \
    __typeof__(made) result = made;        \
    if (met == KILL_AFTER) die();          \
    if (met != FAIL) return result;        \
    errno = (int)argument;                 \
    return -1;                             \
  } while (0)

int close(int fd) {
  REAL(close);
  CLOSE(fd, real(fd));
}

#define WRITE(made_of)                                      \
  do {                                                      \
    if (is_watched(fd)) {                                   \
      enum action met = meet('w');                          \
      if (met == FAIL) {                                    \
        errno = (int)argument;                              \
        return -1;                                          \
      }                                                     \
      if (met == SHORT && (size_t)argument < length) {      \
        if (argument == 0) return 0;                        \
        length = (size_t)argument;                          \
      }                                                     \
      ssize_t result = made_of;                             \
      if (met == KILL_AFTER) die();                         \
      return result;                                        \
    }                                                       \
    return made_of;                                         \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  WRITE(real(fd, bytes, length));
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t from) {
  REAL(pwrite64);
  WRITE(real(fd, bytes, length, from));
}

ssize_t read(int fd, void *bytes, size_t length) {
  REAL(read);
  CALL('g', is_watched(fd), real(fd, bytes, length));
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t from) {
  REAL(pread64);
  CALL('g', is_watched(fd), real(fd, bytes, length, from));
}

int fsync(int fd) {
  REAL(fsync);
  CALL('s', is_watched(fd), real(fd));
}

int fdatasync(int fd) {
  REAL(fdatasync);
  CALL('s', is_watched(fd), real(fd));
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  CALL('t', is_watched(fd), real(fd, size));
}

int rename(const char *from, const char *to) {
  REAL(rename);
  CALL('n', below(from), real(from, to));
}

int unlink(const char *path) {
  REAL(unlink);
  CALL('u', below(path), real(path));
}

int rmdir(const char *path) {
  REAL(rmdir);
  CALL('r', below(path), real(path));
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  CALL('m', below(path), real(path, mode));
}

int scandir64(const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(scandir64);
  CALL('d', below(path), real(path, names, filter, compare));
}

/* Giving a lock back never fails. */
#define LOCK(name)                                                       \
  int name(int fd, int command, ...) {                                   \
    REAL(name);                                                          \
    va_list list;                                                        \
    va_start(list, command);                                             \
    void *more = va_arg(list, void *);                                   \
    va_end(list);                                                        \
    int takes = (command == F_OFD_SETLK || command == F_OFD_SETLKW) &&   \
                ((struct flock *)more)->l_type != F_UNLCK;               \
    CALL('l', takes && is_watched(fd), real(fd, command, more));         \
  }

LOCK(fcntl)
LOCK(fcntl64)

/* libuv asks for facts of files, and closes them, by number. */
long syscall(long number, ...) {
  REAL(syscall);
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_close) CLOSE(a[0], real(number, a[0]));
  int mine = number == SYS_statx &&
             (((const char *)a[1])[0] ? below((const char *)a[1]) : is_watched((int)a[0]));
  CALL('f', mine, real(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
