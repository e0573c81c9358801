# A judge that says why there is none.
function(missing why)
    file(CONFIGURE OUTPUT missing.cpp CONTENT
        "#include <cstdio>\nint main() { std::puts(\"skipped: ${why}\"); }\n")
    add_executable(judge "${CMAKE_CURRENT_BINARY_DIR}/missing.cpp")
endfunction()
