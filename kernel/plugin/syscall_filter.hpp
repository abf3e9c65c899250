// The system calls that a worker may make: compute, allocate, read what it was given, answer.
// Everything else ends it at once, but for calls that libraries try by habit, which are refused.
// With the network come connections that the plugin opens, and threads that look up names; it can
// neither listen nor reach sockets of this machine's file system. Needs no_new_privs; once a
// process.
#pragma once

namespace cinnabar::kernel {

// Throws Error "worker.sandbox_failed". Without `files_readable` no file can be opened at all.
void install_syscall_filter(bool files_readable, bool network);

// For a program of any language, before it is executed: threads and memory that becomes code too,
// for interpreters translate; what it may not do fails, and does not end it.
void install_program_filter(bool files_readable, bool network);

}  // namespace cinnabar::kernel
