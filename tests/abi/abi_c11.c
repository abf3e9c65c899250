/* The boundary is C: this compiles as strict C11, with every warning an error. */
#include <cinnabar/abi.h>

/* What a plugin in C would write. */
static cinnabar_status create(const cinnabar_host* host, const cinnabar_reply* error,
                              void** instance) {
  (void)error;
  *instance = (void*)(size_t)host;
  return host->struct_size >= sizeof(cinnabar_host) ? CINNABAR_OK : CINNABAR_FAILED;
}
static cinnabar_status start(void* instance, const cinnabar_reply* error) {
  (void)instance;
  (void)error;
  return CINNABAR_OK;
}
static void nothing(void* instance) { (void)instance; }
static const void* find(void* instance, cinnabar_bytes interface_id) {
  (void)instance;
  (void)interface_id;
  return NULL;
}

const cinnabar_plugin* cinnabar_plugin_v1(void);
const cinnabar_plugin* cinnabar_plugin_v1(void) {
  static const cinnabar_plugin table = {sizeof(cinnabar_plugin), CINNABAR_ABI_MAJOR,
                                        CINNABAR_ABI_MINOR, "test.c", "1.0.0", "C11",
                                        create, start, nothing, nothing, find};
  return &table;
}
