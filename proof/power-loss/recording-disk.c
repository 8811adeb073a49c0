/*
 * A disk that writes down what it is told. It shows one file, `disk`, in a FUSE mount of its own; a
 * loop device on that file is a block device whose writes and flushes are all in a log, in order.
 *
 *   recording-disk <image> <log> <mount>
 *
 * The log: records of { uint32 kind; uint32 length; uint64 offset } and, for a write, its bytes.
 * It speaks the kernel's own protocol, so that a compiler is all that it needs. It ends when its
 * mount is taken down.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, FLUSH = 2 };
enum { DISK = 2, LENGTH_MAX = 131072 };

static int device, image, logfile;
static uint64_t size;
static char request[LENGTH_MAX + 8192], answer[LENGTH_MAX];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void reply(uint64_t unique, int error, const void *data, size_t length) {
  struct fuse_out_header head = {sizeof head + (error ? 0 : length), -error, unique};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, error ? 0 : length}};
  if (writev(device, parts, 2) < 0 && errno != ENOENT) fail("answer");
}

static void note(uint32_t kind, const void *data, uint32_t length, uint64_t offset) {
  struct { uint32_t kind, length; uint64_t offset; } head = {kind, length, offset};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, data ? length : 0}};
  size_t all = sizeof head + (data ? length : 0);
  if (writev(logfile, parts, 2) != (ssize_t)all) fail("log");
}

static void describe(uint64_t node, struct fuse_attr *attr) {
  memset(attr, 0, sizeof *attr);
  attr->ino = node;
  attr->nlink = 1;
  attr->blksize = 4096;
  attr->mode = node == DISK ? S_IFREG | 0600 : S_IFDIR | 0700;
  attr->size = node == DISK ? size : 0;
}

static void begin(uint64_t unique, const struct fuse_init_in *in) {
  struct fuse_init_out out = {0};
  out.major = FUSE_KERNEL_VERSION;
  out.minor = in->minor < FUSE_KERNEL_MINOR_VERSION ? in->minor : FUSE_KERNEL_MINOR_VERSION;
  out.max_readahead = in->max_readahead;
  out.flags = FUSE_BIG_WRITES;
  out.max_background = 16;
  out.congestion_threshold = 12;
  out.max_write = LENGTH_MAX;
  out.time_gran = 1;
  reply(unique, 0, &out, sizeof out);
}

static void lookup(uint64_t unique, const char *name) {
  struct fuse_entry_out out = {0};
  if (strcmp(name, "disk")) return reply(unique, ENOENT, 0, 0);
  out.nodeid = DISK;
  out.entry_valid = out.attr_valid = 3600;
  describe(DISK, &out.attr);
  reply(unique, 0, &out, sizeof out);
}

static void write_down(uint64_t unique, const struct fuse_write_in *in) {
  const char *data = (const char *)(in + 1);
  struct fuse_write_out out = {in->size, 0};
  if (pwrite(image, data, in->size, in->offset) != (ssize_t)in->size) return reply(unique, EIO, 0, 0);
  note(WRITE, data, in->size, in->offset);
  reply(unique, 0, &out, sizeof out);
}

static void serve(const struct fuse_in_header *head) {
  const void *in = head + 1;
  uint64_t unique = head->unique;
  switch (head->opcode) {
    case FUSE_INIT: return begin(unique, in);
    case FUSE_LOOKUP: return lookup(unique, in);
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {3600, 0, 0, {0}};
      describe(head->nodeid, &out.attr);
      return reply(unique, 0, &out, sizeof out);
    }
    case FUSE_OPEN: case FUSE_OPENDIR: {
      /* Nothing is cached here: what the loop device writes arrives as it was written. */
      struct fuse_open_out out = {0, head->opcode == FUSE_OPEN ? FOPEN_DIRECT_IO : 0, 0};
      return reply(unique, 0, &out, sizeof out);
    }
    case FUSE_READ: {
      const struct fuse_read_in *read = in;
      ssize_t got = pread(image, answer, read->size, read->offset);
      return got < 0 ? reply(unique, EIO, 0, 0) : reply(unique, 0, answer, got);
    }
    case FUSE_WRITE: return write_down(unique, in);
    case FUSE_FSYNC: note(FLUSH, 0, 0, 0); return reply(unique, 0, 0, 0);
    case FUSE_STATFS: {
      struct fuse_statfs_out out = {0};
      out.st.bsize = out.st.frsize = 4096;
      out.st.namelen = 255;
      return reply(unique, 0, &out, sizeof out);
    }
    case FUSE_READDIR: case FUSE_FLUSH: case FUSE_RELEASE: case FUSE_RELEASEDIR: case FUSE_SETATTR:
      return reply(unique, head->opcode == FUSE_SETATTR ? EPERM : 0, 0, 0);
    case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: return;
    case FUSE_FALLOCATE: return reply(unique, EOPNOTSUPP, 0, 0);
    default: return reply(unique, ENOSYS, 0, 0);
  }
}

int main(int count, char **words) {
  char options[100];
  struct stat facts;
  if (count != 4) return 2;
  image = open(words[1], O_RDWR);
  logfile = open(words[2], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  device = open("/dev/fuse", O_RDWR);
  if (image < 0 || logfile < 0 || device < 0 || fstat(image, &facts)) fail("open");
  size = facts.st_size;
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
  if (mount("recording-disk", words[3], "fuse", MS_NOSUID | MS_NODEV, options)) fail("mount");
  puts("ready");
  fflush(stdout);
  for (;;) {
    ssize_t got = read(device, request, sizeof request);
    if (got < 0 && errno == ENODEV) return 0;
    if (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN)) continue;
    if (got < 0) fail("read");
    serve((const struct fuse_in_header *)request);
  }
}
