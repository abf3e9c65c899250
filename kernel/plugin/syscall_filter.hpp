// The system calls that a worker may make: compute, allocate, read what it was given, answer.
// Everything else ends it at once, but for calls that libraries try by habit, which are refused.
// Needs no_new_privs; once a process.
#pragma once

namespace cinnabar::kernel {

// Throws Error "worker.sandbox_failed". Without `files_readable` no file can be opened at all.
void install_syscall_filter(bool files_readable);

}  // namespace cinnabar::kernel
