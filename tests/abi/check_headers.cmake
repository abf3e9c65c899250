# Every header of the SDK compiles with another compiler and its own standard library, whichever
# header comes first:  cmake -DINCLUDE=dir -DOUT=dir -DCOMPILER=clang++ -P check_headers.cmake
file(GLOB_RECURSE headers RELATIVE ${INCLUDE} ${INCLUDE}/cinnabar/*.hpp)
list(SORT headers)
# Drawing is optional and needs Pango's and FreeType's headers beside it.
list(FILTER headers EXCLUDE REGEX "^cinnabar/drawing/")
foreach(order IN ITEMS forward backward)
  set(text "")
  foreach(header IN LISTS headers)
    string(APPEND text "#include <${header}>\n")
  endforeach()
  string(APPEND text "int main() {}\n")
  file(WRITE ${OUT}/sdk_${order}.cpp "${text}")
  execute_process(
    COMMAND ${COMPILER} -std=c++20 -stdlib=libc++ -fsyntax-only -Wall -Wextra -Werror
      -I ${INCLUDE} ${FLAGS} ${OUT}/sdk_${order}.cpp
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the SDK's headers do not compile with ${COMPILER} (${order})")
  endif()
  list(REVERSE headers)
endforeach()
