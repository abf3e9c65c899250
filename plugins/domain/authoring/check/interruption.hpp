// Interruption: stops a thread in the midst of a call, at one instruction after the other, and lets
// another thread make a whole call in that moment. What is not safe with many threads then fails
// each time, not once in a year. Single steps of the processor on x86-64 reach each instruction of
// a short call; signals reach long ones anywhere. One at a time in a process.
#pragma once

#include <chrono>
#include <functional>

namespace cinnabar::authoring {

struct Interrupted {
  int interruptions = 0;  // in which the other call came to its end
  int blocked = 0;        // in which it had to wait: a lock was held
};

// Runs `call`; `other` runs in a second thread each `stride` instructions, at most so much
// processor time long. With a stride of 0 it runs at moments that a timer chooses.
Interrupted interrupted(const std::function<void()>& call, const std::function<void()>& other,
                        unsigned stride, std::chrono::milliseconds longest);

}  // namespace cinnabar::authoring
