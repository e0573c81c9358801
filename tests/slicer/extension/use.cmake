# Slicer takes the name of the project for that of the extension.
if(NOT DEFINED EXTENSION_NAME)
    set(EXTENSION_NAME "${PROJECT_NAME}")
endif()
