# Builds a project outside of the tree against the installed SDK, as a partner would:
#   cmake -DSOURCE=dir -DBUILD=dir -DPREFIX=dir [-DCOMPILER=clang++ -DFLAGS=...] -DOPTIONS=... -P ...
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja -DCMAKE_PREFIX_PATH=${PREFIX}
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS}
    ${OPTIONS}
  RESULT_VARIABLE failed)
if(NOT failed)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} RESULT_VARIABLE failed)
endif()
if(NOT failed AND TESTS)
  execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure
    RESULT_VARIABLE failed)
endif()
if(failed)
  message(FATAL_ERROR "${SOURCE} does not build against the SDK in ${PREFIX}")
endif()
