# Every find_package of the project stands here. Nothing is fetched from the network.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(TIFF 4.5 REQUIRED)
find_package(PNG 1.6 REQUIRED)
find_package(JPEG REQUIRED)
find_package(nlohmann_json REQUIRED)  # headers only

if(STACK2NRRD_BUILD_TESTS)
    find_package(Catch2 REQUIRED)  # 2.13 or 3: tests/support/catch.hpp takes both
    find_package(Teem MODULE)      # without it, the tests against it are reported as skipped
endif()
