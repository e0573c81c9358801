# Slicer takes the name of the project for that of the extension.
if(NOT DEFINED EXTENSION_NAME)
    set(EXTENSION_NAME "${PROJECT_NAME}")
endif()

# The macro of SlicerMacroPythonTesting.cmake, as far as its arguments and what Slicer is started with go.
include(CTest)
macro(slicer_add_python_unittest)
    cmake_parse_arguments(MY "" "TESTNAME_PREFIX;SCRIPT" "SLICER_ARGS" ${ARGN})
    get_filename_component(test_name "${MY_SCRIPT}" NAME_WE)
    add_test(NAME py_${MY_TESTNAME_PREFIX}${test_name}
        COMMAND ${Slicer_LAUNCHER_EXECUTABLE} --no-splash ${MY_SLICER_ARGS}
                --python-code "${CMAKE_CURRENT_SOURCE_DIR}" "${test_name}")
endmacro()
