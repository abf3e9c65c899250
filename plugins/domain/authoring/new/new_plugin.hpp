// A new plugin's folder, written from the template of its kind. Templates are folders of files with
// placeholders: `common` for all kinds, then the kind's own, which win. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cinnabar::authoring {

// What the placeholders stand for.
struct Names {
  std::string id;            // @id@: "com.example.time-stamp"
  std::string name;          // @name@: "time-stamp", the provider's
  std::string ident;         // @ident@: "time_stamp", of files, tables and error codes
  std::string class_name;    // @Class@: "TimeStampMethod"
  std::string title;         // @title@: "Time Stamp"
  std::string kind;          // "auth-method"
};

// Throws Error "authoring.name_invalid" with the reason.
Names names_of(const std::string& id, const std::string& kind);

// The kinds that there are templates of, in order.
std::vector<std::string> template_kinds(const std::filesystem::path& templates);

// The files of a new plugin by their name in its folder. Throws Error "authoring.kind_unknown".
std::map<std::string, std::string> new_plugin_files(const std::filesystem::path& templates,
                                                    const Names& names);

// Writes them all into a folder that is not there yet. Throws Error "authoring.folder_exists" or
// "authoring.not_written"; nothing is left then.
void write_new_folder(const std::filesystem::path& folder,
                      const std::map<std::string, std::string>& files);

}  // namespace cinnabar::authoring
