# cmake -D SOURCE=... -D VERSION=... -D HOMEPAGE=... -P published.cmake: where a tool of others wants version and
# address written out, they are those of CMakeLists.txt.

string(REPLACE "https://github.com/" "" name "${HOMEPAGE}")

# says(FILE BEFORE TEXT): each line of the file that has the one goes on with the other, and there is such a line.
function(says file before text)
    file(STRINGS "${SOURCE}/${file}" lines)
    set(found FALSE)
    foreach(line IN LISTS lines)
        string(FIND "${line}" "${before}" at)
        if(at EQUAL -1)
            continue()
        endif()
        set(found TRUE)
        string(FIND "${line}" "${before}${text}" at)
        if(at EQUAL -1)
            message(FATAL_ERROR "${file}: \"${line}\", expected ${before}${text}")
        endif()
    endforeach()
    if(NOT found)
        message(FATAL_ERROR "${file}: no line with ${before}")
    endif()
endfunction()

says(packaging/conda/recipe.yaml "version: \"" "${VERSION}\"")
says(packaging/conda/recipe.yaml "url: " "${HOMEPAGE}/archive/")
says(packaging/conda/recipe.yaml "homepage: " "${HOMEPAGE}")
says(packaging/vcpkg/vcpkg.json "\"version\": " "\"${VERSION}\"")
says(packaging/vcpkg/vcpkg.json "\"homepage\": " "\"${HOMEPAGE}\"")
says(packaging/vcpkg/portfile.cmake "REPO " "${name}")
says(apps/slicer/CMakeLists.txt "project(Stack2nrrd VERSION " "${VERSION})")
