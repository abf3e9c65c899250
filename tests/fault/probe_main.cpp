// cinnabar_shim_probe FOLDER: changes files in every way that the file shim knows, for a test to
// compare what it recorded with what is there. Ends with 1 when a call fails.
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int failed = 0;

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  failed = 1;
}

int opened(const char* path, int flags) {
  const int fd = open(path, flags | O_CLOEXEC, 0600);
  check(fd >= 0, path);
  return fd;
}

void make(const char* path, const std::string& content) {
  const int fd = opened(path, O_WRONLY | O_CREAT | O_EXCL);
  check(write(fd, content.data(), content.size()) > 0, "write");
  close(fd);
}

void write_in_every_way() {
  char first[] = "first", second[] = "second";
  const iovec parts[] = {{first, 5}, {second, 6}};
  const int fd = opened("written", O_RDWR | O_CREAT);
  check(write(fd, "abcdef", 6) == 6 && writev(fd, parts, 2) == 11, "write");
  check(pwrite(fd, "P", 1, 2) == 1 && pwrite64(fd, "Q", 1, 40) == 1, "pwrite");
  check(pwritev(fd, parts, 2, 50) == 11 && pwritev64(fd, parts, 2, 70) == 11, "pwritev");
  close(fd);
  const int appended = opened("written", O_WRONLY | O_APPEND);
  check(write(appended, "end", 3) == 3, "append");
  close(appended);

  make("over", "what is cut away");
  close(opened("over", O_WRONLY | O_CREAT | O_TRUNC));
  FILE* stream = fopen("stream", "w");  // made; what stdio writes is not seen
  check(stream != nullptr && fclose(stream) == 0, "fopen");
}

void copy_and_resize() {
  make("source", std::string(10'000, 's'));
  const int from = opened("source", O_RDONLY), to = opened("copied", O_RDWR | O_CREAT);
  off64_t at = 100;
  check(sendfile(to, from, nullptr, 5'000) == 5'000, "sendfile");
  check(copy_file_range(from, nullptr, to, &at, 3'000, 0) > 0, "copy_file_range");
  check(ftruncate(to, 4'000) == 0 && posix_fallocate(to, 4'000, 500) == 0, "ftruncate");
  check(fallocate(to, 0, 6'000, 10) == 0, "fallocate");
  close(from);
  close(to);
  check(truncate("source", 77) == 0, "truncate");
}

void name_in_every_way() {
  char random[] = "made-XXXXXX", random2[] = "made-XXXXXX";
  const int fd = mkstemp(random), fd2 = mkostemp(random2, O_CLOEXEC);
  check(fd >= 0 && fd2 >= 0 && write(fd2, "text", 4) == 4, "mkstemp");
  check(link(random2, "linked") == 0 && unlink(random2) == 0, "link");
  check(linkat(AT_FDCWD, random, AT_FDCWD, "linked too", 0) == 0 && remove(random) == 0, "linkat");
  close(fd);
  close(fd2);

  check(mkdir("deep", 0700) == 0 && mkdirat(AT_FDCWD, "deep/er", 0700) == 0, "mkdir");
  const int folder = opened("deep/er", O_RDONLY | O_DIRECTORY);
  const int inside = openat(folder, "inside", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  check(inside >= 0 && write(inside, "x", 1) == 1 && fsync(inside) == 0, "openat");
  close(inside);
  check(renameat(folder, "inside", AT_FDCWD, "deep/moved") == 0, "renameat");
  make("deep/er/gone", "y");
  check(unlinkat(folder, "gone", 0) == 0 && fsync(folder) == 0, "unlinkat");
  close(folder);
  check(renameat2(AT_FDCWD, "deep/moved", AT_FDCWD, "new", RENAME_NOREPLACE) == 0, "renameat2");
  check(rename("new", "over") == 0 && rmdir("deep/er") == 0, "rename");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2 || chdir(arguments[1]) != 0) return 2;
  write_in_every_way();
  copy_and_resize();
  name_in_every_way();
  // Neither a child nor a file elsewhere is recorded.
  if (const pid_t child = fork(); child == 0) _exit(unlink("none") == 0 ? 1 : 0);
  FILE* elsewhere = tmpfile();
  check(elsewhere && fputs("elsewhere", elsewhere) >= 0 && fclose(elsewhere) == 0, "tmpfile");
  return failed;
}
