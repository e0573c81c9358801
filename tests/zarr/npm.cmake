# Copies the judges that Node runs to the build folder and installs beside them what they need, as the lock file has it:
#   cmake -D NPM=... -D SOURCE=... -D BUILD=... -P npm.cmake

file(COPY "${SOURCE}/package.json" "${SOURCE}/package-lock.json" "${SOURCE}/nrrd.mjs" "${SOURCE}/judge.mjs" "${SOURCE}/browser"
    DESTINATION "${BUILD}")
file(SHA256 "${BUILD}/package-lock.json" wanted)
set(stamp "${BUILD}/node_modules/.installed")
if(EXISTS "${stamp}")
    file(READ "${stamp}" installed)
    if(installed STREQUAL wanted)
        return()
    endif()
endif()

execute_process(COMMAND "${NPM}" ci --ignore-scripts --no-audit --no-fund --fetch-retries 1 --fetch-timeout 30000
    WORKING_DIRECTORY "${BUILD}" RESULT_VARIABLE failed ERROR_VARIABLE why OUTPUT_QUIET)
if(failed)
    file(REMOVE_RECURSE "${BUILD}/node_modules")
    message(STATUS "skipped: npm could not install the readers of Zarr\n${why}")
else()
    file(WRITE "${stamp}" "${wanted}")
endif()
