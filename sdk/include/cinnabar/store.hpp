// Store: rows as described structs, scoped to one tenant.
//
// A row struct's fields are the table's columns, by name: text, integer, boolean, number, Time
// (milliseconds), enumeration (its name), and anything composed as JSON text. A table that holds
// tenant data has a column `owner`; the store adds the tenant to every statement on it, so that no
// query can forget it. Reading goes to the host at once, writing into a write-set. Any thread.
#pragma once

#include <cinnabar/host.hpp>

namespace cinnabar {

template <class Row>
struct Table {
  std::string_view name;
  bool tenant = true;  // has the column `owner`
};

namespace detail {

inline Json column_value(const Type& type, const void* at) {
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::time: return Json(type.get_integer(at));
    case Kind::number: return Json(*static_cast<const double*>(at));
    case Kind::text: return Json(*static_cast<const std::string*>(at));
    case Kind::enumeration:
      return Json(type.names()[static_cast<std::size_t>(type.get_integer(at))]);
    case Kind::optional: {
      Json value;
      struct Context {
        const Type& element;
        Json& value;
      } context{type.element(), value};
      type.each(at, &context, [](void* p, std::string_view, const void* item) {
        auto& c = *static_cast<Context*>(p);
        c.value = column_value(c.element, item);
      });
      return value;
    }
    default: return Json(write_json(type, at));
  }
}

inline void set_column(const Type& type, void* at, const Json& cell) {
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::time: type.set_integer(at, cell.integer()); break;
    case Kind::number: *static_cast<double*>(at) = cell.number(); break;
    case Kind::text: *static_cast<std::string*>(at) = cell.text(); break;
    case Kind::enumeration:
      for (std::size_t i = 0; i < type.names().size(); ++i)
        if (type.names()[i] == cell.text()) type.set_integer(at, static_cast<std::int64_t>(i));
      break;
    case Kind::optional:
      type.clear(at);
      if (!cell.is_null()) set_column(type.element(), type.add(at, {}), cell);
      break;
    default:
      if (!cell.text().empty()) read_json(cell.text(), type, at, Reading::lenient);
  }
}

}  // namespace detail

class Store {
 public:
  // Every statement on a tenant's table is limited to `owner`.
  Store(const Host& host, const Call& call, std::string owner)
      : host_(host), call_(call), owner_(std::move(owner)) {}

  const std::string& owner() const { return owner_; }

  // Rows for which `where` holds, e.g. "state = ? ORDER BY id DESC LIMIT 20"; empty: all.
  template <class Row>
  std::vector<Row> list(const Table<Row>& table, std::string_view where = {},
                        std::vector<Json> params = {}) const {
    std::string sql = "SELECT " + columns<Row>() + " FROM " + std::string(table.name);
    sql += scope(table.tenant, where, params);
    const Rows rows = host_.query(call_, sql, params);
    std::vector<Row> result(rows.rows.size());
    const auto& fields = type_of<Row>().fields();
    for (std::size_t r = 0; r < rows.rows.size(); ++r)
      for (std::size_t i = 0; i < fields.size(); ++i)
        detail::set_column(fields[i].type(), fields[i].at(&result[r]), rows.rows[r][i]);
    return result;
  }
  template <class Row>
  std::optional<Row> find(const Table<Row>& table, std::string_view where,
                          std::vector<Json> params) const {
    auto rows = list(table, where, std::move(params));
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }

  template <class Row>
  void insert(WriteSet& writes, const Table<Row>& table, const Row& row) const {
    Statement statement;
    std::string marks;
    for (const Field& field : type_of<Row>().fields()) {
      statement.params.push_back(value(field, row));
      marks += marks.empty() ? "?" : ", ?";
    }
    statement.sql = "INSERT INTO " + std::string(table.name) + " (" + columns<Row>() +
                    ") VALUES (" + marks + ")";
    statement.expect_rows = 1;
    writes.statements.push_back(std::move(statement));
  }
  // Writes all columns of the one row for which `where` holds; another count is a conflict.
  // Guard with the version that was read: "id = ? AND version = ?".
  template <class Row>
  void update(WriteSet& writes, const Table<Row>& table, const Row& row, std::string_view where,
              std::vector<Json> where_params) const {
    Statement statement;
    std::string sets;
    for (const Field& field : type_of<Row>().fields()) {
      statement.params.push_back(value(field, row));
      sets += (sets.empty() ? "" : ", ") + std::string(field.name) + " = ?";
    }
    const std::string scoped = scope(table.tenant, where, where_params);
    for (Json& param : where_params) statement.params.push_back(std::move(param));
    statement.sql = "UPDATE " + std::string(table.name) + " SET " + sets + scoped;
    statement.expect_rows = 1;
    writes.statements.push_back(std::move(statement));
  }
  template <class Row>
  void remove(WriteSet& writes, const Table<Row>& table, std::string_view where,
              std::vector<Json> params, std::int64_t expect_rows = -1) const {
    const std::string scoped = scope(table.tenant, where, params);
    writes.run("DELETE FROM " + std::string(table.name) + scoped, std::move(params), expect_rows);
  }

 private:
  template <class Row>
  static std::string columns() {
    std::string out;
    for (const Field& field : type_of<Row>().fields())
      out += (out.empty() ? "" : ", ") + std::string(field.name);
    return out;
  }
  template <class Row>
  static Json value(const Field& field, const Row& row) {
    return detail::column_value(field.type(), field.at(const_cast<Row*>(&row)));
  }
  // The WHERE clause with the tenant in front. What follows the condition (ORDER BY, LIMIT) is
  // kept outside of its parentheses.
  std::string scope(bool tenant, std::string_view where, std::vector<Json>& params) const {
    const std::size_t cut = std::min(where.find("ORDER BY "), where.find("LIMIT "));
    const std::string condition(where.substr(0, std::min(cut, where.size())));
    const std::string tail = cut >= where.size() ? "" : " " + std::string(where.substr(cut));
    const bool all = condition.find_first_not_of(' ') == std::string::npos;
    if (!tenant) return (all ? "" : " WHERE " + condition) + tail;
    params.insert(params.begin(), Json(owner_));
    return " WHERE owner = ?" + (all ? "" : " AND (" + condition + ")") + tail;
  }

  const Host& host_;
  const Call& call_;
  std::string owner_;
};

}  // namespace cinnabar
