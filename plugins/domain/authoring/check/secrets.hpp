// Looking for what must not be told in what a plugin says: as it stands, in base64, in hex, with
// percent signs, backwards, with something between its characters, in parts, as a digest without a
// salt, and spread over several lines. Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::authoring {

struct Secret {
  std::string name;  // "the answer's code"
  std::string value;
  bool only_logged = false;  // it may be in what is shown: the platform knows it anyway
};

// The name of the first secret that the text holds; empty: none. `shown`: the text is no log.
std::string secret_in(std::string_view text, const std::vector<Secret>& secrets,
                      bool shown = false);

// The same of lines that each hold a part of it.
std::string secret_over(const std::vector<std::string>& lines, const std::vector<Secret>& secrets);

}  // namespace cinnabar::authoring
