#include "cells.hpp"

#include <cinnabar/error.hpp>

#include <cppconn/datatype.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include <vector>

namespace cinnabar::mysql {

namespace {

int type_of(sql::ResultSetMetaData& columns, unsigned int column) {
  switch (columns.getColumnType(column)) {
    case sql::DataType::BIT:
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::YEAR:
    case sql::DataType::BIGINT: return CINNABAR_INTEGER;
    case sql::DataType::DECIMAL:
    case sql::DataType::NUMERIC:
      return columns.getScale(column) == 0 ? CINNABAR_INTEGER : CINNABAR_REAL;
    case sql::DataType::REAL:
    case sql::DataType::DOUBLE: return CINNABAR_REAL;
    case sql::DataType::BINARY:
    case sql::DataType::VARBINARY:
    case sql::DataType::LONGVARBINARY: return CINNABAR_BLOB;
    case sql::DataType::SQLNULL: return CINNABAR_NULL;
    default: return CINNABAR_TEXT;
  }
}

}  // namespace

void bind(sql::PreparedStatement& statement, const cinnabar_value* params, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const cinnabar_value& value = params[i];
    const auto at = static_cast<unsigned int>(i) + 1;
    switch (value.type) {
      case CINNABAR_NULL: statement.setNull(at, 0); break;
      case CINNABAR_INTEGER: statement.setInt64(at, value.integer); break;
      case CINNABAR_REAL: statement.setDouble(at, value.real); break;
      case CINNABAR_TEXT:
      // Not setBlob, which keeps the address of a stream until the statement runs.
      case CINNABAR_BLOB: statement.setString(at, std::string(view(value.bytes))); break;
      default:
        throw Error("database.failed",
                    {{"detail", "parameter " + std::to_string(at) + " has no known type"}}, {},
                    CINNABAR_FAILED);
    }
  }
}

void deliver(sql::ResultSet& result, const cinnabar_rows& rows) {
  sql::ResultSetMetaData& columns = *result.getMetaData();
  const unsigned int count = columns.getColumnCount();
  std::vector<std::string> names(count), texts(count);
  std::vector<cinnabar_bytes> name_bytes;
  std::vector<int> types;
  for (unsigned int i = 0; i < count; ++i) {
    names[i] = columns.getColumnLabel(i + 1);
    name_bytes.push_back(bytes_of(names[i]));
    types.push_back(type_of(columns, i + 1));
  }
  if (rows.columns(rows.self, name_bytes.data(), count) != CINNABAR_OK) return;
  std::vector<cinnabar_value> cells(count);
  while (result.next()) {
    for (unsigned int i = 0; i < count; ++i) {
      cinnabar_value& cell = cells[i] = {types[i], 0, 0, {nullptr, 0}};
      if (result.isNull(i + 1)) cell.type = CINNABAR_NULL;
      switch (cell.type) {
        case CINNABAR_NULL: break;
        case CINNABAR_INTEGER: cell.integer = result.getInt64(i + 1); break;
        case CINNABAR_REAL: cell.real = static_cast<double>(result.getDouble(i + 1)); break;
        default: texts[i] = result.getString(i + 1); cell.bytes = bytes_of(texts[i]);
      }
    }
    if (rows.row(rows.self, cells.data(), count) != CINNABAR_OK) return;
  }
}

}  // namespace cinnabar::mysql
