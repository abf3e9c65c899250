# cinnabar_add_plugin(TARGET name SOURCES file... [TESTS file...] [LIBRARIES lib...] [FOLDER dir])
#
# Builds the plugin of the current folder, whose plugin.json names its id and version, and lays it
# out ready to load in <build>/plugins/<id>, or <dir>/<id>: plugin.so, plugin.json, errors.json,
# check.json, migrations/, resources/. Exports nothing but the entry function: the loader refuses a
# library that exports more. TESTS are built with GoogleTest and run by ctest.
function(cinnabar_add_plugin)
  cmake_parse_arguments(P "" "TARGET;FOLDER" "SOURCES;TESTS;LIBRARIES" ${ARGN})
  set(manifest ${CMAKE_CURRENT_SOURCE_DIR}/plugin.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
  file(READ ${manifest} text)
  string(JSON id GET "${text}" id)
  string(JSON version GET "${text}" version)
  if(NOT P_FOLDER)
    set(P_FOLDER ${CMAKE_BINARY_DIR}/plugins)
  endif()
  set(folder ${P_FOLDER}/${id})

  add_library(${P_TARGET}_objects OBJECT ${P_SOURCES})
  set_target_properties(${P_TARGET}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${P_TARGET}_objects PUBLIC Cinnabar::sdk ${P_LIBRARIES})
  # Only the file with the entry is told its id: a precompiled header serves no file that is
  # compiled with definitions of its own.
  foreach(source IN LISTS P_SOURCES)
    get_filename_component(path ${source} ABSOLUTE)
    set(entry)
    if(EXISTS ${path})
      file(STRINGS ${path} entry REGEX "^ *CINNABAR_PLUGIN *[(]" LIMIT_COUNT 1)
    endif()
    if(entry)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
        COMPILE_DEFINITIONS
        "CINNABAR_PLUGIN_ID=\"${id}\";CINNABAR_PLUGIN_VERSION=\"${version}\"")
    endif()
  endforeach()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${P_TARGET}_objects PRIVATE -fno-gnu-unique)
  endif()
  if(TARGET cinnabar_plugin_pch)
    # Some libraries ask for -pthread; the precompiled header fits only who was built alike.
    target_compile_options(${P_TARGET}_objects PRIVATE -pthread)
    target_precompile_headers(${P_TARGET}_objects REUSE_FROM cinnabar_plugin_pch)
  endif()

  add_library(${P_TARGET} MODULE $<TARGET_OBJECTS:${P_TARGET}_objects>)
  target_link_libraries(${P_TARGET} PRIVATE Cinnabar::sdk ${P_LIBRARIES})
  set_target_properties(${P_TARGET} PROPERTIES PREFIX "" OUTPUT_NAME plugin SUFFIX ".so"
    LINKER_LANGUAGE CXX LIBRARY_OUTPUT_DIRECTORY ${folder})
  # Hidden visibility alone still exports what the standard library instantiates.
  set(exports ${CMAKE_CURRENT_BINARY_DIR}/${P_TARGET}.exports)
  file(CONFIGURE OUTPUT ${exports}
    CONTENT "{ global: cinnabar_plugin_v1; local: *; };\n")
  target_link_options(${P_TARGET} PRIVATE -Wl,--version-script=${exports})
  set_property(TARGET ${P_TARGET} APPEND PROPERTY LINK_DEPENDS ${exports})
  if(NOT CINNABAR_SANITIZE)
    target_link_options(${P_TARGET} PRIVATE -Wl,-z,defs)
  endif()

  # What lies beside the library. Copied when it changes.
  set(extra)
  file(GLOB_RECURSE extra_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*
    ${CMAKE_CURRENT_SOURCE_DIR}/resources/*)
  # check.json is for `plugin check` only; `plugin pack` leaves it out.
  file(GLOB check_file CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/check.json)
  foreach(file IN ITEMS ${manifest} ${CMAKE_CURRENT_SOURCE_DIR}/errors.json
      LISTS check_file extra_files)
    if(EXISTS ${file})
      file(RELATIVE_PATH relative ${CMAKE_CURRENT_SOURCE_DIR} ${file})
      add_custom_command(OUTPUT ${folder}/${relative}
        COMMAND ${CMAKE_COMMAND} -E copy ${file} ${folder}/${relative} DEPENDS ${file})
      list(APPEND extra ${folder}/${relative})
    endif()
  endforeach()
  add_custom_target(${P_TARGET}_files ALL DEPENDS ${extra})
  add_dependencies(${P_TARGET} ${P_TARGET}_files)
  if(P_FOLDER STREQUAL "${CMAKE_BINARY_DIR}/plugins")
    install(DIRECTORY ${folder}/ DESTINATION lib/cinnabar/plugins/${id} COMPONENT runtime)
  endif()

  if(P_TESTS AND (CINNABAR_TESTS OR NOT DEFINED CINNABAR_TESTS))
    find_package(GTest REQUIRED)
    add_executable(${P_TARGET}_test ${P_TESTS} $<TARGET_OBJECTS:${P_TARGET}_objects>)
    target_link_libraries(${P_TARGET}_test PRIVATE Cinnabar::sdk ${P_LIBRARIES} GTest::gtest_main)
    if(TARGET cinnabar_test_pch)
      # Position-independent as the precompiled header is, not as executables are.
      set_target_properties(${P_TARGET}_test PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${P_TARGET}_test PRIVATE -pthread -fPIC -O0)
      target_precompile_headers(${P_TARGET}_test REUSE_FROM cinnabar_test_pch)
    endif()
    target_include_directories(${P_TARGET}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME ${P_TARGET} COMMAND ${P_TARGET}_test)
    set_tests_properties(${P_TARGET} PROPERTIES TIMEOUT 300 LABELS unit)
    if(TARGET unit_tests)
      add_dependencies(unit_tests ${P_TARGET}_test)
    endif()
  endif()

  # Outside of Cinnabar's own tree ctest checks the plugin too, when the server is installed.
  if(NOT TARGET cinnabar)
    find_program(CINNABAR_EXECUTABLE cinnabar HINTS "${_cinnabar_prefix}/bin")
    if(CINNABAR_EXECUTABLE)
      add_test(NAME ${P_TARGET}_check COMMAND ${CINNABAR_EXECUTABLE} plugin check ${folder})
      set_tests_properties(${P_TARGET}_check PROPERTIES TIMEOUT 600)
    endif()
  endif()
endfunction()
