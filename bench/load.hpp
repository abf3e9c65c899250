// The loads that run.py puts on a server. Each blocks until its time is over and prints its
// figures as lines of "name value". What they need to know comes as a JSON plan; see scene.py.
#pragma once

#include <cinnabar/value.hpp>

namespace cinnabar::bench {

struct LoadPlan {
  int port = 0;
  int clients = 0;  // connections, each waiting for its answer
  double seconds = 0;
  double rate = 0;  // requests a second at random moments; 0: each client as fast as it can
  Json plan;
};

// Contracts drawn up, sent, filled, sealed and signed. Prints lives and their rate.
void run_lives(const LoadPlan& load);
// Contracts read, drawn up and sent. Prints the rate, and p50 and p99 from the moment that a
// request was due to the end of its answer, so that waiting for a free connection counts.
void run_mixture(const LoadPlan& load);
// Sends of an enterprise whose script never ends; in turns, another such script is put in place.
// Prints how many were refused, by the kind of refusal.
void run_offenders(const LoadPlan& load);

}  // namespace cinnabar::bench
