#include "kernel/db/db.hpp"

namespace cinnabar::kernel {

Db::Db(const cinnabar_database* table) : table_(table) {
  if (!table_)
    throw Error("database.missing", {{"interface", "cinnabar.database/1"}}, {},
                CINNABAR_UNAVAILABLE);
}

Rows Db::query(std::string_view sql, const std::vector<Json>& params) const {
  std::vector<cinnabar_value> values;
  values.reserve(params.size());
  for (const Json& param : params) values.push_back(detail::value_of(param));
  detail::RowsCollector rows;
  detail::TextSink error;
  const cinnabar_status status = table_->query(table_->self, bytes_of(sql), values.data(),
                                               values.size(), &rows.raw, &error.raw);
  if (status != CINNABAR_OK) throw_status(status, error.text);
  return std::move(rows.result);
}

Json Db::query_value(std::string_view sql, const std::vector<Json>& params) const {
  Rows rows = query(sql, params);
  return rows.rows.empty() ? Json() : std::move(rows.rows.front().front());
}

void Db::script(std::string_view sql) const {
  detail::TextSink error;
  const cinnabar_status status = table_->script(table_->self, bytes_of(sql), &error.raw);
  if (status != CINNABAR_OK) throw_status(status, error.text);
}

}  // namespace cinnabar::kernel
