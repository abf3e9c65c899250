# Compares config/cinnabar.toml with what the program says of its settings.
execute_process(COMMAND ${CINNABAR} config OUTPUT_VARIABLE printed RESULT_VARIABLE result)
file(READ ${FILE} kept)
if(NOT result EQUAL 0 OR NOT printed STREQUAL kept)
  message(FATAL_ERROR "config/cinnabar.toml is not what `cinnabar config` prints; write it anew: "
    "cinnabar config > config/cinnabar.toml")
endif()
