// The adapter between the interface cinnabar.spreadsheet/1 and the functions of this folder.
#include "read_table.hpp"
#include "write_table.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {

class XlsxSpreadsheet final : public Spreadsheet {
 public:
  using Interface = Spreadsheet;

  SheetTable read(const ReadSheetRequest& request, const Call&) override {
    return xlsx::read_table(request);
  }
  SheetFile write(const WriteSheetRequest& request, const Call&) override {
    return {Bytes(xlsx::write_table(request))};
  }
};

}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::XlsxSpreadsheet)
