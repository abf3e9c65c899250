// The little of XML that answers of S3 need: the texts of elements by name, wherever they stand.
// Such answers come from the endpoint that is trusted with the content; what is no XML gives
// nothing. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::s3 {

// The texts of all <name>...</name> without elements within, in order; entities are resolved.
std::vector<std::string> xml_texts(std::string_view document, std::string_view name);
// The first; empty: none.
std::string xml_text(std::string_view document, std::string_view name);
// With < > & " as entities.
std::string xml_escaped(std::string_view text);

}  // namespace cinnabar::s3
