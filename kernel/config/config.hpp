// Config: every setting of the installation, described once. Read from one TOML file, overridden
// by environment variables and flags, validated before anything starts; a value afterwards.
#pragma once

#include <cinnabar/json.hpp>
#include <cinnabar/package/publisher.hpp>

#include <filesystem>

namespace cinnabar::kernel {

struct ServerConfig {
  std::string node;
  std::string address = "127.0.0.1";
  int port = 8080;
  int io_threads = 2;
  int worker_threads = 16;
  int queue_max = 1024;
  int connections_max = 10'000;
  int idle_timeout_s = 60;
  int request_timeout_s = 120;
  int stop_grace_s = 20;
  std::string tls_certificate;
  std::string tls_key;
};
CINNABAR_DESCRIBE(
    ServerConfig,
    (node, doc("Name of this server among those that share a database, the same after a restart; "
               "empty: one that is made at its first start and kept.")),
    (address, doc("Address to listen on; 0.0.0.0 for every interface.")),
    (port, range(0, 65'535), doc("TCP port; 0 takes a free one.")),
    (io_threads, range(1, 64), doc("Threads that read and write connections.")),
    (worker_threads, range(1, 256), doc("Threads that carry out requests.")),
    (queue_max, range(1, 100'000),
     doc("Requests that may wait for a worker; more are answered 503.")),
    (connections_max, range(1, 1'000'000), doc("Open connections; more are refused.")),
    (idle_timeout_s, range(1, 3600), doc("A connection without a request is closed after this.")),
    (request_timeout_s, range(1, 3600), doc("A request must have arrived within this.")),
    (stop_grace_s, range(0, 600), doc("At a stop, requests in flight get this long.")),
    (tls_certificate, doc("PEM file with the certificate chain; empty: plain HTTP.")),
    (tls_key, doc("PEM file with the private key of the certificate.")))

struct LogConfig {
  std::string level = "info";
  std::string format = "console";
};
CINNABAR_DESCRIBE(LogConfig, (level, doc("debug, info, warning or error.")),
                  (format,
                   doc("console for people, json for machines; both go to standard error.")))

struct StorageConfig {
  std::string data = "cinnabar-data";
  std::string shared;
  std::string database = "sqlite";
  std::string blobs = "files";
};
CINNABAR_DESCRIBE(
    StorageConfig, (data, doc("Folder of everything that the embedded defaults keep. One "
                              "server's own.")),
    (shared, doc("Folder that all servers on one database share: keys, authorities, files; empty: "
                 "the folder `data`, for a single server.")),
    (database, format("id"), doc("Name of the database driver (interface cinnabar.database/1).")),
    (blobs, format("id"), doc("Name of the blob store (interface cinnabar.blob-store/1).")))

struct PluginsConfig {
  std::vector<std::string> folders;
  std::vector<std::string> disabled;
  std::vector<std::string> in_process;
  std::vector<std::string> interpreters{"python3", "node"};
  std::vector<package::Publisher> publishers;
  bool allow_dev = false;
  bool safe_mode = false;
  int workers_max = 2;
  int worker_memory_mb = 1024;
  int worker_deadline_s = 30;
};
CINNABAR_DESCRIBE(
    PluginsConfig, (folders, doc("Further folders with plugins, each in a folder of its own.")),
    (disabled, doc("Ids of plugins that are not loaded.")),
    (in_process, doc("Ids of plugins that run inside the server although their manifest asks for "
                     "a process of their own, or a partner signed them. They are trusted code "
                     "then.")),
    (publishers, doc("Who may bring plugins: a table [[plugins.publishers]] each, with name, key "
                     "(as cinnabar plugin key shows it), trust (partner: in processes of their "
                     "own; private: your own) and ids, the beginnings of ids that it may use.")),
    (allow_dev, doc("Load plugins that nobody signed, too. Only on a machine for development.")),
    (safe_mode, doc("Load only the plugins that came with the installation.")),
    (interpreters, doc("What may carry out plugins that are programs: names of programs in "
                       "/usr/bin, or whole paths.")),
    (workers_max, range(1, 64), doc("Processes for one hosted plugin.")),
    (worker_memory_mb, range(64, 16'384), doc("Address space of one such process.")),
    (worker_deadline_s, range(1, 600), doc("A call to a hosted plugin ends after this.")))

struct LimitsConfig {
  int requests_per_minute = 0;
  int open_requests_per_minute = 0;
};
CINNABAR_DESCRIBE(LimitsConfig,
                  (requests_per_minute, range(0, 1'000'000), doc("Of one session; 0: no limit.")),
                  (open_requests_per_minute, range(0, 1'000'000),
                   doc("Without a session, from one address; 0: no limit.")))

struct AccessConfig {
  std::vector<std::string> operators;
  std::vector<std::string> origins;
  bool demo = false;
};
CINNABAR_DESCRIBE(AccessConfig, (operators, doc("Ids of the people who run the installation.")),
                  (origins, doc("Origins whose pages may call this server with credentials of "
                                "their own (CORS): \"https://app.example.com\".")),
                  (demo, doc("Demonstration: the business clock may be moved, sandbox providers "
                             "work. Never for real contracts.")))

struct Config {
  ServerConfig server;
  LogConfig log;
  StorageConfig storage;
  PluginsConfig plugins;
  LimitsConfig limits;
  AccessConfig access;
  std::map<std::string, Json> plugin;
};
CINNABAR_DESCRIBE(Config, server, log, storage, plugins, limits, access,
                  (plugin, doc("A table for each plugin, by id, as its manifest describes it.")))

// Where keys and files are that servers on one database have in common.
inline std::string shared_folder(const Config& config) {
  return config.storage.shared.empty() ? config.storage.data : config.storage.shared;
}

// Where a setting comes from besides the file; the last one wins: file, environment, flags.
struct ConfigSources {
  std::filesystem::path file;                      // empty: none
  std::map<std::string, std::string> environment;  // "CINNABAR_SERVER_PORT" to text
  std::map<std::string, std::string> flags;        // "server.port" to text
};

// Throws Error "config.invalid" with file, line, key and what to do.
Config load_config(const ConfigSources& sources);
// The variables of this process that begin with CINNABAR_.
std::map<std::string, std::string> cinnabar_environment();
// A TOML file with every key, its default and its documentation.
std::string config_reference();

}  // namespace cinnabar::kernel
