// `cinnabar keys`: what an operator does with the keys of a file store. Prints to standard output.
#pragma once

#include "file_key_store.hpp"

namespace cinnabar::filekeys {

// Returns the exit code: 0 done, 1 a key cannot be opened. Throws Error "key.usage".
int keys_command(FileKeyStore& store, const std::vector<std::string>& arguments);

}  // namespace cinnabar::filekeys
