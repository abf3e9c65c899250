#include "pages.hpp"

namespace cinnabar {

const std::string_view kDocsStyle = R"(
:root { --ink: #23201d; --soft: #6d665f; --line: #e4ddd5; --paper: #fffdfa; --red: #b3271e; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper);
  font: 15px/1.55 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
h1 { color: var(--red); font-size: 1.4rem; margin: 0; }
h1 span { color: var(--soft); font-weight: normal; }
a { color: var(--red); }
code, pre, textarea, .path { font-family: ui-monospace, Consolas, monospace; font-size: .9em; }
.landing main { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
header { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: .8rem; align-items: center;
  padding: .7rem 1.2rem; background: var(--paper); border-bottom: 1px solid var(--line); }
header input { flex: 1 1 10rem; }
input, select, textarea, button { font: inherit; color: inherit; padding: .3rem .5rem;
  border: 1px solid var(--line); border-radius: 4px; background: #fff; }
button { background: var(--red); border-color: var(--red); color: #fff; cursor: pointer; }
:focus-visible { outline: 2px solid var(--red); outline-offset: 1px; }
.docs main { max-width: 62rem; margin: 0 auto; padding: .5rem 1.2rem 4rem; }
h2 { margin: 1.6rem 0 .4rem; font-size: 1.05rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .35rem 0; background: #fff;
  scroll-margin-top: 4rem; }
summary { display: flex; gap: .7rem; align-items: baseline; padding: .45rem .7rem;
  cursor: pointer; }
summary .text { color: var(--soft); }
.method { min-width: 4.2rem; font-weight: 600; color: var(--red); }
.open { color: var(--soft); border: 1px solid var(--line); border-radius: 9px; padding: 0 .5rem;
  font-size: .8em; }
.inside { padding: .2rem .9rem .9rem; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--line); padding: .3rem .5rem .3rem 0; vertical-align: top; }
td.name { white-space: nowrap; font-family: ui-monospace, Consolas, monospace; font-size: .9em; }
td .soft, .soft { color: var(--soft); }
textarea { width: 100%; min-height: 7rem; }
pre { background: #f6f1ea; padding: .7rem; border-radius: 4px; overflow: auto; max-height: 24rem;
  white-space: pre-wrap; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin: .4rem 0; align-items: center; }
)";

}  // namespace cinnabar
