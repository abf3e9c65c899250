// Cells: parameters and results between the boundary and Connector/C++. Functions; used by the
// thread that uses the connection. Exceptions of the connector go through.
#pragma once

#include <cinnabar/abi.h>

#include <cstddef>

namespace sql {
class PreparedStatement;
class ResultSet;
}  // namespace sql

namespace cinnabar::mysql {

// Binds every parameter; the connector copies texts. Throws Error for an unknown type.
void bind(sql::PreparedStatement& statement, const cinnabar_value* params, std::size_t count);

// Hands the columns and the rows over until the receiver has enough. A DECIMAL without decimals,
// which is what MariaDB makes of a SUM, is an integer, as it is in SQLite.
void deliver(sql::ResultSet& result, const cinnabar_rows& rows);

}  // namespace cinnabar::mysql
