/*
 * A power cut for one folder, loaded with LD_PRELOAD: what was written to its files and not synced is gone.
 *
 * Every write to a file in POWER_FOLDER is noted. When the file is synced, what was noted is copied to the file of the same
 * name in POWER_DISK, which so holds what the disk of a real machine would hold. Removing a file takes effect at once, and a
 * sync that is interrupted may have written a part: both are what a journaling file system does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 16
#define RANGES 65536

struct range { off_t from, to; };
struct file { char path[PATH_MAX]; struct range *ranges; int count; };

static struct file files[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What is not in the table cannot be simulated. */
static void give_up(const char *why) {
  fprintf(stderr, "power.c: %s\n", why);
  _exit(99);
}

static const char *folder(void) {
  const char *name = getenv("POWER_FOLDER");
  return name ? name : "/nowhere";
}

static int is_ours(const char *path) {
  size_t length = strlen(folder());
  return strncmp(path, folder(), length) == 0 && path[length] == '/' && !strstr(path, "-shm");
}

/* The entry of an open file; NULL for one that is not in the folder. */
static struct file *file_of(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  if (!is_ours(path)) return NULL;
  for (int i = 0; i < FILES; i++) {
    if (files[i].path[0] == 0) {
      strcpy(files[i].path, path);
      files[i].ranges = malloc(RANGES * sizeof(struct range));
    }
    if (strcmp(files[i].path, path) == 0) return &files[i];
  }
  give_up("too many files");
  return NULL;
}

static void note(int fd, off_t from, ssize_t length) {
  if (length <= 0) return;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  if (file) {
    if (file->count == RANGES) give_up("too many writes without a sync");
    file->ranges[file->count++] = (struct range){from, from + length};
  }
  pthread_mutex_unlock(&lock);
}

static void disk_path(char *out, const char *path) {
  snprintf(out, PATH_MAX, "%s%s", getenv("POWER_DISK"), path + strlen(folder()));
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void reach_disk(int fd) {
  REAL(pwrite64);
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  struct stat status;
  if (file && fstat(fd, &status) == 0) {
    char target[PATH_MAX], buffer[65536];
    disk_path(target, file->path);
    int disk = open(target, O_CREAT | O_WRONLY, 0644);
    if (disk < 0) give_up("the disk cannot be written");
    for (int i = 0; i < file->count; i++) {
      off_t at = file->ranges[i].from, to = file->ranges[i].to;
      while (at < to) {
        ssize_t length = pread(fd, buffer, (size_t)(to - at) < sizeof buffer ? (size_t)(to - at) : sizeof buffer, at);
        if (length <= 0) break;
        if (real(disk, buffer, length, at) != length) give_up("the disk cannot be written");
        at += length;
      }
    }
    if (ftruncate(disk, status.st_size) != 0) give_up("the disk cannot be written");
    file->count = 0;
    close(disk);
  }
  pthread_mutex_unlock(&lock);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
  REAL(pwrite64);
  ssize_t written = real(fd, data, length, at);
  note(fd, at, written);
  return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  ssize_t written = real(fd, data, length);
  if (written > 0) note(fd, lseek(fd, 0, SEEK_CUR) - written, written);
  return written;
}

int fsync(int fd) {
  REAL(fsync);
  int result = real(fd);
  if (result == 0) reach_disk(fd);
  return result;
}

int fdatasync(int fd) {
  REAL(fdatasync);
  int result = real(fd);
  if (result == 0) reach_disk(fd);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  int result = real(path);
  if (result == 0 && is_ours(path)) {
    char target[PATH_MAX];
    disk_path(target, path);
    real(target);
  }
  return result;
}
