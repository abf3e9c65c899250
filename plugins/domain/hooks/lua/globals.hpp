// Which globals a compiled script reads and sets: found in the bytecode, without running it, so
// that a misspelt name is found when the script is saved and not when a contract is signed. Reads
// the format that Lua 5.4 dumps, of bytecode that this process made. Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace cinnabar::lua {

struct GlobalUse {
  std::string name;
  int line = 0;
  bool sets = false;
};

// In order of their lines. Throws failure() when the bytecode is not of the known format.
std::vector<GlobalUse> globals_of(const std::string& bytecode);

// What scripts find there.
const std::vector<std::string>& known_globals();

}  // namespace cinnabar::lua
