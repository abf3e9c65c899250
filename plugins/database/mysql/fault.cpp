#include "fault.hpp"

#include <initializer_list>

namespace cinnabar::mysql {

namespace {

bool one_of(int number, std::initializer_list<int> numbers) {
  for (const int each : numbers)
    if (each == number) return true;
  return false;
}

bool is_conflict(int number) {
  return one_of(number, {1062, 1216, 1217, 1451, 1452});  // duplicate key, foreign keys
}

// Deadlock (on Galera a lost certification), lock wait, changed since the snapshot, interrupted,
// over its time limit.
bool is_again(int number) { return one_of(number, {1213, 1205, 1020, 1317, 1969, 3024}); }

// The client library's own numbers are about the connection, but those of wrong use.
bool is_away(int number) {
  if (number >= 2000 && number <= 2099) return !one_of(number, {2030, 2031, 2034, 2036, 2056});
  return one_of(number, {1047,                                      // Galera: not in the cluster
                         1040, 1203, 1226,                          // too many connections
                         1053, 1077, 1079, 1080,                    // shutting down
                         1152, 1153, 1154, 1155, 1156, 1157, 1158,  // the network, the packet
                         1159, 1160, 1161, 1184, 1927, 4031});      // aborted, killed, too idle
}

// No space, no memory, an engine that fails, an error at COMMIT, a server that only reads.
bool is_full(int number) {
  return one_of(number, {3, 1021, 1114, 1030, 1037, 1038, 1041, 1180, 1290, 1836});
}

bool is_stale(int number) { return one_of(number, {1243, 1615, 2030, 2056}); }

bool is_denied(int number) {
  return one_of(number, {1044, 1045, 1049, 1130, 1142, 1227, 1524, 1698});
}

}  // namespace

Fault fault_of(int error_number) {
  if (error_number == 0) return Fault::none;
  if (is_conflict(error_number)) return Fault::conflict;
  if (is_again(error_number)) return Fault::again;
  if (is_stale(error_number)) return Fault::stale;
  if (is_away(error_number)) return Fault::away;
  if (is_full(error_number)) return Fault::full;
  if (is_denied(error_number)) return Fault::denied;
  return Fault::failed;
}

cinnabar_status status_of(Fault fault) {
  switch (fault) {
    case Fault::none: return CINNABAR_OK;
    case Fault::conflict:
    case Fault::again: return CINNABAR_CONFLICT;
    case Fault::away:
    case Fault::full: return CINNABAR_UNAVAILABLE;
    case Fault::stale:
    case Fault::denied:
    case Fault::failed: break;
  }
  return CINNABAR_FAILED;
}

}  // namespace cinnabar::mysql
