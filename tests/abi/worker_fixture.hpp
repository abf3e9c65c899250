// A plugin host whose probe runs in a process of its own, for the tests of workers. One thread.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {

class WorkerTest : public ::testing::Test {
 protected:
  void start(PluginSettings settings = fixture_settings()) {
    host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
    host_->load();
    host_->start();
    ASSERT_EQ(reason_for(*host_, "test.probe"), "started: ");
  }
  Client<Probe> probe(std::int64_t deadline_ms = 0) {
    return Client<Probe>(std::make_shared<ProbeCaller>(*host_, clocks_, "", deadline_ms));
  }
  std::int64_t look(const std::string& what, std::string path = {}) {
    return probe().look({what, 0, Bytes(std::move(path))}).number;
  }
  // The code of the error that the misbehaviour ends in.
  std::string misbehave(const std::string& what) {
    try {
      probe().misbehave({what, 0, {}});
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  SystemClocks clocks_;
  std::unique_ptr<PluginHost> host_;
};

}  // namespace cinnabar::kernel
