# Every find_package of the project stands here.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(TIFF 4.4 REQUIRED)
find_package(PNG 1.6 REQUIRED)
find_package(JPEG REQUIRED)

if(STACK2NRRD_BUILD_APPS)
    find_package(CLI11 REQUIRED)
endif()
if(STACK2NRRD_BUILD_TESTS)
    find_package(Catch2 REQUIRED)
endif()
