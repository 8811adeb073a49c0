/*
 * Exchanges two names of a directory, a directory of a store and a link that leads out of it, again
 * and again in one step each, until it is killed or has done so many. An even number of times, so
 * that everything stands where it stood.
 *
 *     swapper <directory> <link> <times> <microseconds between two>
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_term(int signal) {
  (void)signal;
  stop = 1;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  long times = atol(argv[3]);
  useconds_t pause_us = (useconds_t)atol(argv[4]);
  long done = 0;
  signal(SIGTERM, on_term);
  while ((done < times && !stop) || done % 2 == 1) {
    if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], 2 /* exchange */) != 0) {
      perror("renameat2");
      return 1;
    }
    done++;
    if (pause_us > 0) usleep(pause_us);
  }
  printf("%ld\n", done);
  return 0;
}
