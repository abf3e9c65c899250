/* Libraries that are wrong as files: with a symbol too many, without the entry, with a symbol that
 * no library has, with code that is changed when it is loaded; others are linked wrongly. None of
 * them is ever created. */
#include <cinnabar/abi.h>

#define VISIBLE __attribute__((visibility("default")))

#ifdef WITH_EXTRA
VISIBLE int faulty_extra_symbol(void);
int faulty_extra_symbol(void) { return 1; }
#endif

#ifdef WITH_UNDEFINED
int faulty_missing_function(void);
#endif

#ifdef WITH_TEXT_RELOCATION
__asm__(".text\n.quad cinnabar_plugin_v1\n.section .note.GNU-stack,\"\",%progbits\n.text");
#endif

#ifdef WITH_ENTRY
VISIBLE const cinnabar_plugin* cinnabar_plugin_v1(void);
const cinnabar_plugin* cinnabar_plugin_v1(void) {
#ifdef WITH_UNDEFINED
  faulty_missing_function();
#endif
  return 0;
}
#endif
