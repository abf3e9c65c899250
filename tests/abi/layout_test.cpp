// The layout of the boundary as it was first released. A struct may grow at its end, with a new
// minor version of the contract; nothing that stands here may ever change.
#include <cinnabar/abi.h>

#include <gtest/gtest.h>

namespace {

#define AT(type, member, offset) EXPECT_EQ(offsetof(type, member), std::size_t{offset}) << #member

TEST(AbiLayout, SmallStructsNeverChange) {
  EXPECT_EQ(sizeof(cinnabar_bytes), 16u);
  AT(cinnabar_bytes, data, 0);
  AT(cinnabar_bytes, size, 8);
  EXPECT_EQ(sizeof(cinnabar_value), 40u);
  AT(cinnabar_value, type, 0);
  AT(cinnabar_value, integer, 8);
  AT(cinnabar_value, real, 16);
  AT(cinnabar_value, bytes, 24);
  EXPECT_EQ(sizeof(cinnabar_statement), 40u);
  AT(cinnabar_statement, sql, 0);
  AT(cinnabar_statement, params, 16);
  AT(cinnabar_statement, param_count, 24);
  AT(cinnabar_statement, expect_rows, 32);
  EXPECT_EQ(sizeof(cinnabar_transaction), 16u);
  EXPECT_EQ(sizeof(cinnabar_outcome), 272u);
  AT(cinnabar_outcome, failed_statement, 8);
  AT(cinnabar_outcome, detail, 16);
}

TEST(AbiLayout, Call) {
  AT(cinnabar_call, struct_size, 0);
  AT(cinnabar_call, owner, 8);
  AT(cinnabar_call, config, 24);
  AT(cinnabar_call, trace, 40);
  AT(cinnabar_call, locale, 56);
  AT(cinnabar_call, deadline_ms, 72);
  AT(cinnabar_call, cancelled, 80);
  AT(cinnabar_call, self, 88);
  EXPECT_GE(sizeof(cinnabar_call), 96u);
}

TEST(AbiLayout, MessagesRepliesServices) {
  AT(cinnabar_sink, self, 8);
  AT(cinnabar_sink, write, 16);
  AT(cinnabar_message, json, 8);
  AT(cinnabar_message, spans, 24);
  AT(cinnabar_message, span_count, 32);
  AT(cinnabar_reply, self, 8);
  AT(cinnabar_reply, json, 16);
  AT(cinnabar_reply, span, 24);
  AT(cinnabar_service, self, 8);
  AT(cinnabar_service, invoke, 16);
  AT(cinnabar_rows, columns, 16);
  AT(cinnabar_rows, row, 24);
}

TEST(AbiLayout, Host) {
  AT(cinnabar_host, struct_size, 0);
  AT(cinnabar_host, self, 8);
  AT(cinnabar_host, log, 16);
  AT(cinnabar_host, now_ms, 24);
  AT(cinnabar_host, random, 32);
  AT(cinnabar_host, invoke, 40);
  AT(cinnabar_host, table, 48);
  AT(cinnabar_host, query, 56);
  AT(cinnabar_host, commit, 64);
  AT(cinnabar_host, blob_put, 72);
  AT(cinnabar_host, blob_read, 80);
  AT(cinnabar_host, data_folder, 88);
  AT(cinnabar_host, config, 96);
  EXPECT_GE(sizeof(cinnabar_host), 104u);
}

TEST(AbiLayout, Plugin) {
  AT(cinnabar_plugin, struct_size, 0);
  AT(cinnabar_plugin, abi_major, 8);
  AT(cinnabar_plugin, abi_minor, 12);
  AT(cinnabar_plugin, id, 16);
  AT(cinnabar_plugin, version, 24);
  AT(cinnabar_plugin, build, 32);
  AT(cinnabar_plugin, create, 40);
  AT(cinnabar_plugin, start, 48);
  AT(cinnabar_plugin, drain, 56);
  AT(cinnabar_plugin, destroy, 64);
  AT(cinnabar_plugin, interface_by_id, 72);
  EXPECT_GE(sizeof(cinnabar_plugin), 80u);
}

TEST(AbiLayout, Tables) {
  AT(cinnabar_database, query, 16);
  AT(cinnabar_database, commit, 24);
  AT(cinnabar_database, script, 32);
  AT(cinnabar_blob_store, stage, 16);
  AT(cinnabar_blob_store, adopt, 24);
  AT(cinnabar_blob_store, put, 32);
  AT(cinnabar_blob_store, size, 40);
  AT(cinnabar_blob_store, read, 48);
  AT(cinnabar_blob_store, remove, 56);
  AT(cinnabar_blob_store, list, 64);
  AT(cinnabar_key_store, create, 16);
  AT(cinnabar_key_store, public_key, 24);
  AT(cinnabar_key_store, sign, 32);
  AT(cinnabar_key_store, destroy, 40);
}

TEST(AbiLayout, StatusCodes) {
  EXPECT_EQ(CINNABAR_OK, 0);
  EXPECT_EQ(CINNABAR_REFUSED, 1);
  EXPECT_EQ(CINNABAR_FAILED, 2);
  EXPECT_EQ(CINNABAR_UNAVAILABLE, 3);
  EXPECT_EQ(CINNABAR_DEADLINE, 4);
  EXPECT_EQ(CINNABAR_CONFLICT, 5);
  EXPECT_EQ(CINNABAR_UNSUPPORTED, 6);
}

}  // namespace
