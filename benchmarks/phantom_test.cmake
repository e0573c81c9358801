# One slice of a small phantom has the bytes that it has always had.

file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND "${PHANTOM}" "${WORK}" --size 64 --slices 4 --seed 7 RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "the phantom's program failed: ${status}")
endif()
file(SHA256 "${WORK}/phantom_0003.tif" sum)
set(expected "6816d62685da07a2159bd96927ca03a674a56d3daa614e17eeb0bb776b3e2390")
if(NOT sum STREQUAL expected)
    message(FATAL_ERROR "phantom_0003.tif has SHA-256 ${sum}, expected ${expected}")
endif()
